"""Questions as people ask them, written for this test: those that open a story, and those that close it."""

from __future__ import annotations

OPEN = """
What did you see just before you restarted it?
What were you looking at when the alert came?
What did you take it to mean at that moment?
What else seemed possible?
What told you that it was the replica?
What was on your screen at 02:14?
What did you expect to happen next?
What happened then?
What did that feel like?
What mattered most right then?
What were you trying to achieve with the rollback?
What made this the moment to ask for help?
What did this remind you of?
What would somebody new to this have missed?
What would a newcomer not have known?
What would you have expected to see there?
What do you usually look at first?
What was different that night?
What did the runbook say about it?
What surprised you?
What went well that nobody will mention?
What did I not ask that I would need to understand this?
What does normal look like on that graph?
What stood in your way?
What was it like to be paged at three?
What came first for you, the page or the message?
What did you know about the deploy by then?
What did you do while you waited?
What were the options at that point?
What changed your mind?
What was going through your mind when the graph dropped?
What's on that dashboard?
How did you come into this?
How did the alert reach you?
How did you notice that the queue was growing?
How did you know that it was the cache?
How could you tell that it had recovered?
How sure were you?
How did word reach the others?
How did the hand-over go?
How do you usually roll back?
How does a deploy normally go?
How did you fix it in the end?
How did it compare with what you expected?
How much time did it feel as if there was?
How long have you worked with this system?
How was the noise in the channel for you?
How did you and Mara share the work?
How typical was this?
How did you settle on the exact command?
How did you learn that the second region was affected too?
Where did you look first?
Where were you when the page came?
Where did that number come from?
When did you first hear of it?
When you saw the alert, what did you take it to mean?
When did the picture change for you?
Which dashboards were open?
Which ways did you see at that moment?
Which of the two alerts did you see first?
In what order did things happen for you?
At what point did you think of the database?
From where did you hear that?
To what extent was this an ordinary night?
On which screen did you see that?
By what sign did you call it over?
At 02:14 you typed the rollback: what did you see just before?
At 02:31, how did the situation look to you?
You wrote “looks odd” in the channel; what did you see?
You mentioned the replica earlier. How did it come up?
Before you restarted it, what did the graph show?
So what happened next?
And then what did you do?
Okay, how did that go?
Ian, what did you see first?
I am curious: how did you choose the replica?
One more thing: what did the customer say?
Tell me about the minutes before the page.
Tell it from where you sat.
Walk me through the first ten minutes.
Talk me through your screen at that moment.
Describe what you saw when you opened the laptop.
Take me back to the moment when the page came.
Show me where you looked.
Please walk me through it slowly; I was not there.
Can you walk me through that?
Could you describe what you saw?
Could you tell me what you saw first?
Help me see it from your seat.
Think back to that evening: what was the room like?
Say more about the queue.
And then?
Then what?
I wonder what that looked like from the support desk.
What did you hear from the network team?
What had made the earlier idea sensible?
What did the word “drain” mean to your team?
What kept the two views apart for so many minutes?
What role did the status page play?
What was in the hand-over?
What did you count on?
""".strip().splitlines()

CLOSED = """
why: Why did you restart it?
why: Why?
why: why did you do that
why: WHY DID YOU RESTART IT?
why: So why did you restart the database?
why: And why was that?
why: Why didn't you look at the logs?
why: Why was the alarm silenced?
why: Why do you think it was DNS?
why: Why would you do that?
why: Why not roll back?
why: Why the replica?
why: Why on earth did you pick that host?
why: Ian, why did you restart it?
why: At 02:14, why did you type that?
why: Can you tell me why you restarted it?
why: Can you explain why you restarted it?
why: Do you know why it failed over?
why: Tell me why you chose that host.
why: Help me understand why you did that.
why: I wonder why you waited.
why: I'm just curious, why did you wait?
why: What did you do, and why?
why: How come you restarted it?
why: How come nobody was paged?
why: For what reason did you restart it?
why: What was the reason for the restart?
why: What was your reason for waiting?
why: What's the reason you did not call?
why: What is your excuse for the delay?
why: What for?
why: Out of curiosity, why that dashboard?
why: Whyever did you do that?
who: Who did this?
who: Who restarted the database?
who: Who was on call?
who: So who pushed the change?
who: Who's responsible for the cache?
who: Whose change was it?
who: Whose fault was it?
who: Whom did you call first?
who: Who else was in the room?
who: Who approved the deploy?
who: By whom was it approved?
who: Which engineer made the change?
who: Which of you pressed the button?
who: Tell me who pushed it.
who: Do you remember who approved it?
who: At 02:14, who was on the bridge?
who: And who told you to do that?
who: What happened, and who did it?
yes or no: Did you check the logs?
yes or no: Did you see the alert?
yes or no: did you know it was lagging
yes or no: Were you tired?
yes or no: Was there a runbook?
yes or no: Was it the replica?
yes or no: Is this normal?
yes or no: Are there other dashboards?
yes or no: Have you seen this before?
yes or no: Had you deployed before?
yes or no: Has this happened before?
yes or no: Do you usually look at that graph?
yes or no: Does the alert fire often?
yes or no: Do you remember the alert?
yes or no: Do you remember what you saw?
yes or no: Can you remember the order?
yes or no: Could you see the graph?
yes or no: Will it come back?
yes or no: Would you call that normal?
yes or no: Isn't that the usual way?
yes or no: Wasn't there an alert?
yes or no: Didn't the alert fire?
yes or no: So, did you see it?
yes or no: Ian, did you see it?
yes or no: At 02:14, did you see the alert?
yes or no: When you saw the alert, did you open the dashboard?
yes or no: Can you tell me if the alert fired?
yes or no: Could you tell me whether you saw it?
yes or no: Was it the cache or the database?
leading: You saw the alert, didn't you?
leading: You were tired, right?
leading: That was the replica, wasn't it?
leading: It was the replica, correct?
leading: So you restarted it?
leading: You knew about the lag?
leading: Don't you think that the alert was noisy?
leading: Wouldn't you say that it was noisy?
leading: Would you agree that it was noisy?
leading: Surely you saw the graph?
leading: What did you do when you obviously saw the graph?
leading: I assume you saw the page?
leading: You must have seen the page?
leading: Is it fair to say that the page was slow?
leading: Isn't it true that the page was slow?
leading: How obvious was it that the replica lagged?
leading: Of course you looked at the queue?
leading: The dashboard was red, no?
counterfactual: Should you have checked the logs first?
counterfactual: What should you have done?
counterfactual: What could you have done differently?
counterfactual: What would you have done with more time?
counterfactual: Shouldn't you have called somebody?
counterfactual: You should have waited, shouldn't you?
counterfactual: Could you have seen it earlier?
counterfactual: If only you had waited?
counterfactual: If you had waited, what would have happened?
counterfactual: What if you had called earlier?
counterfactual: Why did you fail to notice the alert?
counterfactual: What happened when you failed to check the logs?
counterfactual: How was it that the team failed to escalate?
counterfactual: What would you do differently?
counterfactual: What could've been done?
counterfactual: What stopped you from checking the logs?
counterfactual: What prevented you from calling?
counterfactual: What kept you from rolling back?
counterfactual: Weren't you supposed to page the lead?
counterfactual: What ought you to have looked at?
counterfactual: How would it have gone if the alert had fired?
counterfactual: What might have prevented it?
counterfactual: What made you neglect to look at the queue?
blame: Whose fault was it?
blame: How did you break the database?
blame: How did Ian break the database?
blame: What did Mara do wrong?
blame: What did you do wrong?
blame: What was your mistake?
blame: What was Ian's mistake?
blame: How could you let this happen?
blame: How could you miss that?
blame: How could you not see the alert?
blame: What were you thinking?
blame: What did you miss?
blame: What made you ignore the alert?
blame: What part did human error play?
blame: What made the operator so careless?
blame: How did the engineer cause the outage?
blame: How do you justify the restart?
blame: What did you forget?
blame: Who is to blame?
blame: How did you mess it up?
blame: What made you think that was a good idea?
fix: How can we prevent this?
fix: How can we fix it?
fix: How do we make sure this never happens again?
fix: What should we do to prevent it?
fix: What can be done about the alerts?
fix: What needs to change?
fix: What would you change?
fix: What would you do next time?
fix: How would you fix the alerting?
fix: What action items do you see?
fix: What fix would you propose?
fix: How could this be avoided in future?
fix: What improvements do you suggest?
fix: What would prevent this?
fix: What is the permanent fix?
fix: How should we improve the runbook?
hindsight: In hindsight, what were the signs?
hindsight: Looking back, what was the moment?
hindsight: What was the root cause?
hindsight: What were the warning signs?
hindsight: What were you doing when you ran the wrong command?
hindsight: What did you think of the bad deploy?
hindsight: What did you see before the command that caused the outage?
hindsight: What took so long?
hindsight: What made the rollback come too late?
hindsight: Knowing what you know now, what was the picture then?
hindsight: What led you to misread the graph, which you misjudged?
hindsight: How did the mistake come about?
yes or no: Can we say the deploy was the cause?
yes or no: Is there anything else?
leading: That must have been stressful.
leading: How bad was your reaction?
hindsight: What went wrong?
hindsight: What mistakes were made?
hindsight: How long did you wait before you finally escalated?
blame: How did you not notice?
blame: Explain yourself.
fix: What's the fix?
counterfactual: Suppose the alert had fired earlier. What then?
empty: ?
empty: …
""".strip().splitlines()

BAD = [tuple(line.split(": ", 1)) for line in CLOSED]

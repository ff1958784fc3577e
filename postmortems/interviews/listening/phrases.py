"""The turns of phrase by which a question closes a conversation, by what they do. Patterns only; `linter` reads them.

All are matched without regard to case on text whose apostrophes are straight.
"""

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern:
    return re.compile(r"(?<![\w'])(?:" + "|".join(patterns) + r")(?![\w'])", re.I)


NOT = r"(?:n't|nt| not| never)?"
BE = r"(?:am|is|are|was|were|isn't|aren't|wasn't|weren't|isnt|arent|wasnt|werent|ain't)"
DO = r"(?:do|does|did|don't|doesn't|didn't|dont|doesnt|didnt)"
HAVE = r"(?:has|have|had|hasn't|haven't|hadn't|hasnt|havent|hadnt)"
MODAL = (
    r"(?:can|could|will|would|shall|should|may|might|must|can't|cannot|couldn't|won't|wouldn't|shan't|shouldn't"
    r"|mightn't|mustn't|cant|couldnt|wont|wouldnt|shouldnt|ought|oughtn't|need|needn't)"
)
AUXILIARY = re.compile(rf"(?:{BE}|{DO}|{HAVE}|{MODAL})(?![\w'])", re.I)
OPEN = re.compile(
    r"(?:(?:in|at|on|to|from|by|with|for|of|about|under|through|into|after|before|until|since|during|around|up to)\s+)?"
    r"(?:what|how|which|where|when|whatever|what's|how's|where's|when's|what're|what'd|how'd|where'd)(?![\w'])",
    re.I,
)
# when you saw it, …: the beginning of a sentence, not a question yet
SINCE = re.compile(
    r"(?:when|where|while) (?!did|do|does|was|were|is|are|had|has|have|would|will|can|could|exactly|first)\w+ (?=[^,;:]*[,;:])",
    re.I,
)
# said before the question itself; taken off again and again
LEAD_IN = re.compile(
    r"(?:(?:so|and|but|or|ok|okay|well|now|then|right|alright|hey|hi|hello|yes|no|yeah|hm+|um+|uh+|er+|oh|ah|actually"
    r"|honestly|please|sorry|also|first|firstly|finally|next|just|basically|maybe|perhaps|seriously|really|again|still"
    r"|thanks|thank you|one more thing|another question|one question|out of curiosity|if i may(?: ask)?|as i said"
    r"|(?:i'm |i am |i was )?(?:just |only |really )?(?:curious|wondering|asking|interested)(?: here| though| about| to know| in)?"
    r"|i (?:just |do |really )?wonder(?:ed)?|i(?:'d| would) (?:like|love|want) to (?:know|ask|hear|understand|learn)"
    r"|i want to (?:know|ask|understand|hear)|(?:can|could|may|might) (?:i|we) (?:just |also )?ask(?: you)?"
    r"|(?:(?:can|could|would|will) you )?(?:please |just |maybe |try to )*(?:tell|remind|show|teach) (?:me|us)(?: again| please| about)?"
    r"|(?:(?:can|could|would|will) you )?(?:please |just |maybe |try to )*(?:explain|say|describe)(?: to me| to us| again)?"
    r"|(?:(?:can|could|would|will) you )?(?:please |just )*help (?:me|us)(?: to)? (?:understand|see)"
    r"|do you mind (?:telling|saying|explaining)(?: me| us)?)(?![\w'])[\s,.:;!?…-]*)",
    re.I,
)
# a request to tell: open, however politely it is put
TELL = re.compile(
    r"(?:do\s+)?(?:(?:can|could|would|will) you )?(?:please |just |maybe |perhaps |also )*"
    r"(?:tell|describe|walk|talk|show|say|share|take|give|paint|draw|think|imagine|picture|let|start|go|bring|put|say|name|sketch"
    r"|read|explain|help|remind|list|compare|recall|continue|carry on|stay|look)(?![\w'])",
    re.I,
)
WHETHER = re.compile(r"(?:if|whether)(?![\w'])", re.I)

WHY = re.compile(
    r"(?:(?:for what|what(?: was| were| is| are|'s)?(?: the| your| his| her| their| our)?) (?:reason|reasons|rationale|justification|excuse)\b"
    r"(?: (?:that|why|for|behind))?|why(?:'s|'d|ever| ever| on earth| the hell| exactly)?|how come|what for|how so)(?![\w'])",
    re.I,
)
WHY_AFTER = _any(
    r"(?:reason|reasons|know|knew|say|tell me|tell us|explain|understand|wonder|and|or) why(?! (?:is|was) (?:that|the))",
    r"why not",
)
WHO = re.compile(
    r"(?:(?:by|to|from|with|for|of|about|on) whom|who(?:m|se|'s|'d|'ll|ever)?(?: else| exactly| the hell| on earth)?"
    r"|which (?:person|people|engineer|developer|operator|colleague|team ?mate|team member|admin|responder|manager|guy|one of (?:you|them|the team)|of (?:you|them)))(?![\w'])",
    re.I,
)
WHO_AFTER = _any(r"(?:know|knew|tell me|tell us|say|remember|and|or) who(?:m|se)?")

COUNTERFACTUAL = _any(
    rf"(?:should|could|ought|needed?){NOT}(?: \w+){{0,3}}? (?:to )?have(?! (?:you|access|any|a|an|the|been told)\b)",
    r"(?:should|could|would|might)'?ve", r"(?:should|could|would)a",
    r"(?:should|ought)(?:n't| not)?(?: (?:you|he|she|they|we|it|i|somebody|someone|anybody|anyone|the|your)\b[\w\s]{0,30}?)(?: to)?(?: have)?",
    r"(?:you|he|she|they|we|it|that|this|the \w+) (?:should|ought)(?:n't| not)?",
    rf"would{NOT} (?:you|he|she|they|we|it|that|this|there|things?|the \w+)(?: \w+){{0,2}}? have(?! (?:expected|liked to know))",
    r"(?:it|that|this|they|you|we|things?|which|there|what) would(?:n't| not)? have(?! (?:you )?(?:expected|looked|seemed|felt|told))",
    r"would (?:\w+ ){0,4}?(?:have )?(?:helped|prevented|avoided|stopped|saved|caught|made a difference|been better)",
    r"might (?:\w+ ){0,3}?have (?:helped|prevented|avoided|stopped|saved|caught|noticed)",
    r"if only", r"what if", r"suppose (?:you|the|that|we|it|somebody|there)\b", r"had (?:you|he|she|they|we) only",
    r"(?<!as )if (?:you|he|she|they|we|it|i|somebody|someone|the [\w-]+(?: [\w-]+)?)(?: had|'d)(?:n't| not| only| just)?(?! (?:to|a|an|any|the|access)\b)",
    r"(?:fail|fails|failed|failing|neglect|neglects|neglected|omit|omits|omitted) to", r"failure to",
    r"(?:supposed|meant) to have", r"(?:you|he|she|they) (?:were|was) (?:supposed|meant|expected) to",
    r"(?:were|was)n't (?:you|he|she|they) (?:supposed|meant|expected) to",
    r"(?:stop(?:s|ped)?|prevent(?:s|ed)?|ke(?:ep|eps|pt)|h(?:eld|old)) (?:you|him|her|them|ian)(?: back)? from", r"didn't bother",
    r"bother(?:ed|ing)? to", r"do(?:ne)? (?:\w+ )?differently", r"do(?:ne)? (?:it |that |this )?(?:better|instead)", r"(?:done|acted|reacted) (?:earlier|sooner|faster)",
    r"(?:were|was) (?:you|he|she|they|there)(?: \w+)? not able to prevent", r"better (?:off )?(?:to have|if)",
)  # fmt: skip
# what somebody new would miss, and what was expected to come: asked on purpose
PROBE = _any(
    r"(?:what|which|how|where)\b[^.?!]{0,40}?\b(?:would|might|could) (?:somebody|someone|a person|people|anybody|a colleague|a newcomer|a novice|newcomers|a beginner)\b[^?.!]*",
    r"(?:would|did|do) you (?:have )?(?:usually |normally )?expect(?:ed)?[^?.!]*",
)  # fmt: skip

FIX = _any(
    r"(?:how|what) (?:can|could|do|should|shall|would|might|will|must) (?:we|you|they|one|i|somebody|someone|the team)\b[^?.!]{0,30}?\b(?:fix|prevent|avoid|improve|solve|repair|change|make sure|ensure|stop|mitigate|automate|protect|guard|learn from)(?! (?:your|their|his|her|our) mind)",
    r"how (?:can|could|should|might|will|would) (?:\w+ ){1,6}?(?:be )?(?:fixed|prevented|avoided|improved|solved|repaired|automated)",
    r"what (?:can|could|should|must|might|will|would|needs to|has to|ought to|is going to) (?:be )?(?:done|fix|fixed|prevent|prevented|change|changed|stop|improve|improved|avoid|avoided|help us)",
    r"what (?:\w+ ){0,3}?(?:would|could|will|can|should|might) (?:\w+ ){0,2}?(?:fix|prevent|avoid|stop|solve|improve)",
    r"(?:next time|in (?:the )?future|going forward|from now on|never (?:\w+ )?again|(?:happen|happens|happening) again|once and for all)",
    r"(?:action items?|next steps?|remediations?|remed(?:y|ies)|preventive measures?|countermeasures?|the fix should|(?:a|the|your) (?:better|best|right|permanent|proper) (?:fix|solution))",
    r"what(?:'s| is| was| would be| will be) (?:the|your|our) (?:\w+ )?(?:fix|solution|remedy|answer to (?:this|that))",
    r"what (?:fix|fixes|solution|solutions|improvement|improvements|changes|measures)\b(?= (?:do|would|should|could|can|will|might|are|is)\b| for\b)",
    r"what (?:would|will|do|could) you (?:suggest|recommend|propose|change|improve|fix|automate)",
    r"(?:how|what) (?:would|will) you (?:fix|do about|solve|prevent|avoid)", r"how (?:do|can|could|should) (?:we|you) (?:make|keep|get)",
    r"what do (?:we|you) (?:need|have) to (?:fix|change|do|improve)", r"to (?:prevent|avoid) (?:this|that|it|such|another)",
    r"(?:ideas?|suggestions?|proposals?|plans?) (?:for|to|on) (?:fix|prevent|avoid|improv|solv)\w*",
)  # fmt: skip

HINDSIGHT = _any(
    r"in (?:hindsight|retrospect)", r"with hindsight", r"looking back", r"(?:knowing|given) what (?:you|we|i) (?:now )?know(?: now)?", r"now that (?:you|we) know",
    r"as it turned out", r"given (?:the|how|what) (?:outcome|result|it|happened)[\w\s]{0,20}", r"after all that happened", r"the (?:real|true|actual|root) (?:cause|reason|problem|culprit|issue)",
    r"root causes?",
    r"(?:the|a|an|your|that|this|his|her|their) (?:wrong|bad|fatal|faulty|disastrous|catastrophic|incorrect|erroneous|unfortunate|poor|risky|dangerous|flawed|buggy|reckless|premature) (?!smell|weather|night|feeling|sign)[\w-]+",
    r"(?:the|any|no|early|clear|obvious|these|those|all) (?:warning|tell-?tale|danger|early) signs?", r"warning signs?", r"red flags?",
    r"(?:that|which|and|it|this|to) (?:then |later |finally |eventually |actually |ultimately )?(?:caused?|led to|brought down|took down|triggered|resulted in|broke|crashed|killed) (?:the |this |our |all |every|prod|production|everything)\s?\w*",
    r"too (?:late|slow|slowly|long|early|soon|quick|quickly|hasty|hastily|little|careless)", r"so (?:long|late|slow|slowly|badly)", r"took (?:you |them |us |him |her )?(?:so|too|that) long",
    r"(?:(?:before|until|till|when) (?:you|they|he|she|we|somebody|someone|anybody|anyone) finally)",
    r"(?:the|a|an|your|any|this|that|which|what|some|these) (?:mistakes?|errors? (?:of judg\w+|in judg\w+|you made)|oversight|blunder|mishap|misjudg\w+|slip-?up)",
    r"mis(?:took|judged|read|interpreted|diagnosed|configured|typed)", r"(?:obvious|inevitable|predictable|foreseeable|avoidable|preventable)(?:ly)?",
    r"wrong(?:ly)?", r"incorrect(?:ly)?", r"unnecessar(?:y|ily)",
)  # fmt: skip

LEADING = _any(
    r"(?:isn't|wasn't|aren't|weren't|doesn't|didn't|don't|hasn't|haven't|won't|wouldn't|couldn't|can't|shouldn't|hadn't) (?:it|you|they|that|there|he|she|we|this)(?= ?[?.!…]|$)",
    r"(?<=[,;–—-] )(?:right|correct|no|yes|or not|true|yeah|ok|okay|agreed|eh|huh|is it|was it|did you|do you|were you|are you|did it|does it|is that so|or what)(?= ?[?.!…]|$)",
    r"don't you (?:think|agree|find|feel|believe)", r"would(?:n't)? you (?:agree|say)(?! (?:was|were|happened)\b)", r"do(?:n't)? you agree", r"(?:isn't|wasn't|is|was) it (?:not )?(?:true|fair|the case|safe to say|obvious|clear|possible|likely)(?: that)?",
    r"surely", r"obviously", r"clearly", r"of course", r"undoubtedly", r"presumably", r"no doubt", r"needless to say", r"as (?:we|you) (?:all )?know", r"everybody knows",
    r"(?:i|we) (?:assume|suppose|guess|take it|imagine|bet|expect|believe|think|presume|gather)(?= (?:that |you |it |this |the |he |she |they |there |we )|,|\?|$)", r"(?:you|that|it|they|he|she|this) must (?:have|be|know)\w*", r"how (?:bad|badly|poor|poorly|terrible|terribly|awful)", r"am i (?:right|correct)",
    r"(?:is|was|would) (?:it|that) fair to say", r"so what you(?:'re| are) saying is", r"you(?:'d| would) agree", r"how (?:obvious|clear|easy) (?:was|is) it",
    r"admit(?:s|ted)?(?= (?:that|it|you|to)\b)",
)  # fmt: skip

BLAME_VERB = r"(?:break|broke|broken|breaking|cause[ds]?|causing|mess(?:ed|ing)? up|screw(?:ed|ing)? up|fuck(?:ed|ing)? up|botch(?:ed)?|ruin(?:ed)?|forget|forgot|forgotten|ignore[ds]?|ignoring|overlook(?:ed)?|miss(?:ed)?|missing|neglect(?:ed)?|violate[ds]?|skip(?:ped)?|fail(?:ed)?|crash(?:ed)?|let (?:us|everybody|the team) down|get (?:it )?(?:so )?wrong|got (?:it )?(?:so )?wrong|do (?:it )?wrong|did wrong|drop(?:ped)? the ball|bring down|brought down|take down|took down|panic(?:ked)?|allow(?:ed)? (?:this|it|that) to happen|let (?:this|it|that) happen|go(?:ne|es)? wrong)"
BLAME = _any(
    r"(?:to )?blam(?:e|ed|es|ing)", r"(?:at |your |his |her |their |whose |ian's )fault(?! (?:line|domain|toleran\w+|inject\w+))", r"at fault", r"culprits?", r"offenders?", r"guilty", r"guilt", r"accountable", r"held responsible",
    r"responsible for (?:the |this |that |causing |letting |all )[\w\s]{0,30}", r"human error", r"operator error", r"user error", r"pilot error",
    r"(?:your|his|her|their|somebody's|someone's|\w+'s) (?:\w+ )?(?:mistakes?|errors?|negligence|carelessness|failure|failures|oversight|incompetence|blunder|sloppiness|slip-?up|ignorance|inattention|haste)",
    r"careless(?:ly|ness)?", r"negligen(?:t|tly|ce)", r"sloppy|sloppily|sloppiness", r"lazy|laziness", r"incompeten(?:t|ce|tly)", r"stupid(?:ly|ity)?", r"idiot(?:ic)?", r"reckless(?:ly|ness)?", r"foolish(?:ly)?", r"dumb", r"irresponsib\w+", r"unprofessional(?:ly)?", r"inattentive", r"complacen\w+", r"silly",
    r"(?:you|he|she|they) (?:mess|screw|fuck|cock)(?:ed)? (?:it |this |that |things )?up", r"how dare", r"what possessed you", r"what were (?:you|they|he|she) (?:even )?thinking(?= ?[?!.…]|$)", r"what(?:'s| is| was) wrong with (?:you|him|her|them)",
    r"how could (?:you|he|she|they|anybody|anyone)(?: (?:just|ever|possibly|even|simply))? (?!tell\b|see\b|know\b|find out\b|recogni[sz]e\b)\w+", r"made you think (?:that |this |it )?(?:that |this |it )?(?:was|is|would be) (?:ok|okay|fine|safe|right|alright|all right|a good idea|acceptable|wise)",
    r"(?:defend|explain) yoursel(?:f|ves)", r"how (?:did|do|does|could) (?:you|he|she|they|anybody|anyone|somebody) (?:not\b|manage (?:to|not))", r"justify", r"excuse for",
)  # fmt: skip
PERSON = r"(?:you|he|she|they|your team|the (?:on-?call|engineer|operator|developer|responder|intern|junior|new guy|new hire|admin|admins|dba|sre|commander|incident commander|team|ops team|vendor|contractor|reviewer|author)(?: \w+)?|somebody|someone|your colleagues?|your team ?mates?)"


def blamed(people: str) -> re.Pattern:
    """A person, or one of `people` (an alternation of escaped names), as the one who did the harm."""
    person = rf"(?:{PERSON}|{people})" if people else PERSON
    adverb = r"(?:\w+ly |just |also |even |not |ever )?"
    return re.compile(rf"(?<![\w'])(?:{person}) {adverb}(?:{BLAME_VERB})(?![\w'])", re.I)

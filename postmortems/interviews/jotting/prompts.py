"""“What do I write?”: a few openings for an empty page, in our own words; they ask how and what, and lead nowhere."""

PROMPTS = (
    "What were you doing when it began?",
    "What did you notice first, and where?",
    "What did you think it was – and what made you think so?",
    "What did you try? What were you hoping to see?",
    "Who did you talk to, and by which way?",
    "What surprised you?",
    "When did you feel sure, and when not at all?",
    "How rested were you, and what else was on your plate?",
    "What would you like to remember to say later?",
)

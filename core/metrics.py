"""What is counted: questions by channel and verdict, the time to an answer, and what went wrong."""

from prometheus_client import Counter, Histogram

QUESTIONS = Counter("bot_questions_total", "Questions answered", ["channel", "verdict"])
ANSWER_SECONDS = Histogram(
    "bot_answer_seconds",
    "Seconds from a question to its answer, without the platform's part",
    ["channel"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
FAULTS = Counter("bot_faults_total", "Things that went wrong and were survived", ["where"])

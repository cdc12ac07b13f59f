"""The colours of a picture and what they mean; each has a shade of grey of its own, and words beside it."""

from __future__ import annotations

LEGEND = {
    "ask": "Question: waits for an answer",
    "say": "Message",
    "tell": "Message to somebody else",
    "system": "Action or note",
    "wait": "Wait",
    "loop": "Repeats",
    "entry": "Can happen at any time",
}
OUTCOMES = {
    "done": "Ends: completed",
    "named": "Ends: another result",
    "given_up": "Ends: no answer",
    "stopped": "Ends: out of tries",
}

STYLE = """
text{font-family:Helvetica,Arial,'Noto Sans','Noto Sans Ethiopic','Noto Sans Arabic',sans-serif;fill:#1d2733}
.sheet{fill:#fff}
.title{font-size:22px;font-weight:bold}
.about{font-size:13px;fill:#4a5663}
.key,.note{font-size:11px;fill:#46525e}
.head{font-size:10.5px;font-weight:bold;fill:#46525e}
.text{font-size:13px}
.middle{text-anchor:middle}
.label{font-size:12px;font-weight:600;fill:#2b3a4a;text-anchor:middle}
.arrow{fill:none;stroke:#5b6875;stroke-width:1.4}
.back{stroke-dasharray:5 3}
.tip{fill:#5b6875}
.rule{stroke:#b9c6d4;stroke-width:1;fill:none}
.start{fill:#f4f6f8;stroke:#2f3b46;stroke-width:1.6}
.ask{fill:#dcebfa;stroke:#1d5b99;stroke-width:1.8}
.say{fill:#fff;stroke:#a9b4bf;stroke-width:1.2}
.tell{fill:#fdeccd;stroke:#a86508;stroke-width:1.2;stroke-dasharray:7 3}
.system{fill:#eceef1;stroke:#6c7681;stroke-width:1.2}
.wait{fill:#efe6f7;stroke:#70509a;stroke-width:1.2}
.loop{fill:#e3f1e4;stroke:#3f7a49;stroke-width:1.2}
.section{fill:#3a4855;stroke:none}
.section-text{fill:#fff;font-weight:bold}
.entry{fill:#fff;stroke:#2f3b46;stroke-width:1.4;stroke-dasharray:3 3}
.entry-text,.loop-text{font-weight:bold}
.either{fill:#fff;stroke:#5b6875;stroke-width:1.4}
.on{fill:#fff;stroke:#a9b4bf;stroke-width:1.2}
.on-text{font-style:italic}
.end{stroke:none}
.end-text{fill:#fff;font-weight:bold}
.done{fill:#23702b}
.named{fill:#1a4f8a}
.given_up{fill:#96600a}
.stopped{fill:#a3241c}
.chip{stroke:none;fill:#56616c}
.sms{fill:#0b6b5f}
.ivr{fill:#6a2c91}
.chip-text{font-size:9px;font-weight:bold;fill:#fff;text-anchor:middle}
@media print{.sheet{fill:none}}
"""

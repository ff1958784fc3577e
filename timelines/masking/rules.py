"""What a secret looks like: one rule for each kind, in RE2's dialect, which has no look-around.

Sources: the prefixes and lengths that the makers publish for their tokens, RFC 7468 (keys as text), RFC 7519
(JWT), RFC 7617 (Basic), RFC 3986 (userinfo), ISO/IEC 7812 (cards), ISO 13616 (IBAN), ITU E.164 (telephones).
Lengths are lower bounds, because makers lengthen their tokens and rarely shorten them. No rule crosses a NUL,
which stands between the texts of a batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from timelines.masking import checks
from timelines.masking import personal as personal_data

Span = tuple[int, int]


@dataclass(frozen=True)
class Rule:
    """`pattern` finds candidates; its first group, where it has one, is what is taken out.

    `check` gets the text and that span and gives the span to mask, or None where it is no secret after all.
    """

    kind: str
    pattern: str
    check: Callable[[str, int, int], Span | None] = checks.anything
    personal: bool = False


def _token(kind: str, pattern: str) -> Rule:
    return Rule(kind, rf"\b(?:{pattern})", checks.whole_word)


_Q = r"""\\?["'`]?"""  # a quotation mark, perhaps escaped, perhaps none
_SET = rf"""{_Q}[ \t]{{0,3}}(?:=>|:=|=|:)[ \t]{{0,3}}"""
# In quotation marks whatever they hold, else up to what cannot be part of it.
_VALUE = rf"""(?:"((?:[^"\\\n\x00]|\\[^\x00])+)"|'([^'\n\x00]+)'|{_Q}([^\s"'`\\<>,;&\x00]+))"""
_SECRETS = (
    r"(?:api|access|secret|private|signing|encryption|account|auth|master|shared|license|service|write|ingest|integration|routing)"
    r"[ _-]?key|secret|token|client[_-]?secret|credentials?"
)

TOKENS = (
    _token("AWS access key", r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z2-7]{16}"),
    _token("GitHub token", r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{22,}"),
    _token("GitLab token", r"(?:gl(?:pat|dt|rt|rtr|ptt|cbt|imt|ft|soat|agent|ffct|oas|wt)-|GR1348941)[A-Za-z0-9_.-]{18,}"),
    _token("Slack token", r"xox[abeoprsdc](?:\.xox[bp])?-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{20,}"),
    _token("Stripe key", r"(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{20,}"),
    _token("Google key", r"AIza[A-Za-z0-9_-]{30,45}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,40}"),
    _token("SendGrid key", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}"),
    _token("Mailchimp key", r"[0-9a-f]{32}-us\d{1,2}"),
    _token("Mailgun key", r"key-[0-9a-f]{32}"),
    _token("Twilio key", r"SK[0-9a-f]{32}"),
    _token("npm token", r"npm_[A-Za-z0-9]{30,60}"),
    _token("PyPI token", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    _token("RubyGems key", r"rubygems_[0-9a-f]{40,64}"),
    _token("Docker token", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,60}"),
    _token("Vault token", r"hv[sbr]\.[A-Za-z0-9_-]{20,}"),
    _token("Terraform token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{50,80}"),
    _token("DigitalOcean token", r"do[opr]_v1_[0-9a-f]{40,64}"),
    _token("Shopify token", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    _token("Anthropic key", r"sk-ant-[A-Za-z0-9_-]{20,}"),
    _token("OpenAI key", r"sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|sk-[A-Za-z0-9]{48}"),
    _token("Hugging Face token", r"hf_[A-Za-z0-9]{30,50}"),
    _token("Grafana token", r"gls?a_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/=]{32,}"),
    _token("New Relic key", r"NRAK-[A-Z0-9]{20,40}|NRJS-[0-9a-f]{19}|NRII-[A-Za-z0-9_-]{32}"),
    _token("Sentry token", r"sntry[su]_[A-Za-z0-9+/=_-]{40,}"),
    _token("Atlassian token", r"AT[AC]TT3[A-Za-z0-9_=-]{40,}|ATBB[A-Za-z0-9]{28,40}"),
    _token("CircleCI token", r"CCI(?:PAT|PRJ)_[A-Za-z0-9_]{30,90}"),
    _token("Buildkite token", r"bkua_[0-9a-f]{40}"),
    _token("Databricks token", r"dapi[0-9a-f]{32}(?:-\d)?"),
    _token("Doppler token", r"dp\.(?:pt|st|sa|ct|scim|audit)\.[A-Za-z0-9._-]{36,80}"),
    _token("Postman key", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    _token("Pulumi token", r"pul-[0-9a-f]{40}"),
    _token("PlanetScale secret", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{30,70}"),
    _token("Supabase key", r"sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,60}"),
    _token("Tailscale key", r"tskey-[a-z]{2,12}-[A-Za-z0-9-]{16,80}"),
    _token("Linear key", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,64}"),
    _token("Notion key", r"ntn_[A-Za-z0-9]{40,60}"),
    _token("Figma token", r"fig[do]_[A-Za-z0-9_-]{36,60}"),
    _token("Square key", r"sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,50}|EAAA[A-Za-z0-9_-]{56,64}"),
    _token("Fly token", r"fo1_[A-Za-z0-9_-]{40,50}|fm[12][ar]?_[A-Za-z0-9+/=]{60,}"),
    _token("Heroku key", r"HRKU-[A-Za-z0-9_-]{30,70}"),
    _token("1Password token", r"ops_eyJ[A-Za-z0-9_-]{100,}"),
    _token("age key", r"AGE-SECRET-KEY-1[A-Z0-9]{50,60}"),
    _token("Telegram token", r"\d{8,10}:AA[A-Za-z0-9_-]{32,34}"),
    _token("Discord token", r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}"),
    Rule("JSON Web Token", r"\b(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*)?)", checks.is_jwt),
    Rule("private key", r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d", checks.to_end_of_key),
    Rule("password hash", r"(\$(?:2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|(?:[156y]|argon2(?:id|i|d))\$[^\s:\"'\x00]{20,}))"),
)  # fmt: skip

ADDRESSES = (
    Rule("webhook address", r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9_/-]{20,})"),
    Rule("webhook address", r"(?:discord|discordapp)\.com/api/(?:v\d+/)?webhooks/(\d{15,20}/[A-Za-z0-9_-]{40,})"),
    Rule("webhook address", r"(?:webhook\.office\.com|outlook\.office(?:365)?\.com)/webhook(?:b2)?/([A-Za-z0-9@/_-]{40,})"),
    Rule("signed address", r"(?i:[?&](?:x-amz-signature|x-amz-security-token|x-goog-signature|signature|sig)=)([A-Za-z0-9%+/=_-]{20,})"),
    Rule("password in an address", r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@\"'<>\x00]*:([^\s/\"'<>\x00]+)@[\w\[.-]", checks.is_password_of_address),
    Rule("key in an address", r"://([0-9a-f]{32})(?::[0-9a-f]{32})?@"),
)  # fmt: skip

NAMED = (
    Rule("authorisation", r"(?i:\b(?:proxy-)?authorization" + _SET + _Q + r"(?:basic|digest|negotiate)[ ])([A-Za-z0-9+/=_-]{8,})"),
    Rule("bearer token", r"(?i:\bbearer[ ]+" + _Q + r")([A-Za-z0-9._~+/=-]{16,})", checks.is_random),
    Rule("password", r"(?i:(?:password|passwd|passphrase|passwort|pgpassword|mysql_pwd|pwd|passcode)" + _SET + ")" + _VALUE,
         checks.is_password),
    Rule("password", r"(?i:(?:^|[\s\x00])--?(?:password|passwd|passphrase|pass)[ =])" + _VALUE, checks.is_password),
    Rule("password", r"(?i:\b(?:password|passwd|passphrase|passcode|pw) (?:is|was|to|ist)(?: now)?:?[ ]+)" + _VALUE, checks.is_password_in_prose),
    Rule("password", r"(?:^|[\s;|&(\x00])(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;\x00]*? -p([^\s\"'\x00]{4,})", checks.is_password),
    Rule("password", r"\bsshpass -p ?" + _Q + r"([^\s\"'\x00]{4,})", checks.is_password),
    Rule("password", r"\bcurl\b[^\n|;\x00]*?(?: -u| --user)[ =]?" + _Q + r"[^\s:\"'\x00]{1,80}:([^\s\"'\x00]{3,})", checks.is_password),
    Rule("secret", r"(?i:(?:" + _SECRETS + r")" + _SET + ")" + _VALUE, checks.is_named_secret),
    Rule("secret", r"(?i:(?:^|[\s\x00])--(?:api-key|token|secret|access-key|secret-key|client-secret|auth-token)[ =])" + _VALUE, checks.is_random),
    Rule("session cookie", r"(?i:\b(?:sessionid|phpsessid|jsessionid|connect\.sid|asp\.net_sessionid|laravel_session|_gh_sess|user_session)=)"
         r"([^\s;,\"'\x00]{16,})"),
)  # fmt: skip

PERSONAL = (
    Rule("card number", r"(?:[3-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}|2[2-7]\d{2}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})",
         personal_data.is_card, personal=True),
    Rule("IBAN", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", personal_data.is_iban, personal=True),
    Rule("private e-mail address", r"(?i:\b[a-z0-9][a-z0-9._%+'-]{0,63}@(?:[a-z0-9-]{1,30}\.){1,3}[a-z]{2,6})", personal_data.is_private_mail, personal=True),
    Rule("telephone number", r"\+[1-9](?:[ ()./-]{0,2}\d){6,14}", personal_data.is_telephone, personal=True),
    Rule("telephone number", r"(?i:\b(?:tel|telephone|phone|mobile|handy|call me (?:at|on))\b[.:]? {1,3})(\(?\d(?:[ ()./-]{0,2}\d){6,14})",
         personal_data.is_labelled_telephone, personal=True),
)  # fmt: skip

RULES: tuple[Rule, ...] = TOKENS + ADDRESSES + NAMED + PERSONAL

"""Words by which detection knows what is meant and what is not. Data: one set for each question."""

from __future__ import annotations


def _of(words: str) -> frozenset[str]:
    return frozenset(words.split())


PARTICLES = _of("""
    van von de der den da di du la le el al bin ibn ben dos das del della ten ter zu zum zur and y e i
    of the
""")

# Names that are words: of somebody who took no part they count within a sentence alone, and with a capital.
ALSO_WORDS = _of("""
    will may mark rose grant art hope joy faith grace page price chase drew dean earl guy iris ivy jade
    june april august summer autumn dawn eve sky frank gene glen heath hunter jack jay josh lance miles
    nick pat penny pierce ray reed rich rob rod rusty sandy savannah sterling sue terry victor wade ward
    max bill bob carol christian angel amber ruby pearl olive violet daisy holly basil bud buck chip
    chuck cliff colt duke harry king major marshall noble oak prince queen sage saint star stone young
    white black brown green gray grey long short small little best day week field fields banks bell bird
    bishop bush butler carpenter church cook cross english fisher fox french gates german gold golden
    hill holmes hunt irish knight lane law love masters mason mill mills moon moore moss north park
    parks pool porter potter power powers read root sharp shepherd silver singer smith south spring
    street summers swift taylor temple turner walker wall walls water waters web wells west wise wolf
    wood woods worth bond booth case close costa cruz drive east engel first ford host house key lake
    last marsh new test user admin support service team system ops
""")

INNER_ENDS = _of("""
    internal intranet intra local localdomain lan corp home private priv test invalid localhost svc prod
    prd stg staging dev qa uat int infra ops consul
""")

ENDS = _of("""
    com net org edu gov mil int io dev app cloud co ai tech info biz me tv xyz online site store systems
    network services zone arpa example google amazon aws azure eu us uk de fr nl be ch at es pt it ie se
    no dk fi pl cz sk hu ro bg gr tr ru ua cn jp kr in id sg hk tw my th vn ph au nz za ng ke eg il ae
    sa br mx ar cl ca lu li ee lv lt is hr si
""")

# Their endings are those of domains as well; in a write-up they are programs and files.
FILES = _of("""
    py rs sh md pl so ps cc js ts go rb java html css json yaml yml toml xml csv tsv txt log sql conf
    cfg ini lock zip gz pdf png jpg svg exe jar
""")

PRODUCTS = _of("""
    node.js vue.js next.js asp.net vb.net ado.net socket.io draw.io booking.com amazon.com
""")

# Words that are followed by a number and name no machine.
NO_MACHINES = _of("""
    utf iso sha rfc covid gpt sev tier day days step phase level type part top version v chapter section
    figure table sprint week month quarter year q h http https tls ssl ipv http/ base aes rsa md p cve
    cwe ms windows python java node catch layer formula area appendix item option plan case test round
    stage article line page question note exhibit schedule rule pre post mid early late non multi single
    one two three four five six seven eight nine ten first second third dual triple half on error code
    status port minute hour no nr number room team group class grade zone region topic rank vote season
    episode build release zero log up down under over out in
""")

NUMBERS = _of("""
    zero one two three four five six seven eight nine ten hundred thousand million
""")

NO_TICKETS = _of("""
    UTF ISO SHA RFC COVID GPT SEV CVE CWE AES RSA MD TLS SSL HTTP HTTPS IPV BASE X P HMAC ECMA IEEE ANSI
    PEP JSR JEP GHSA EC DDR USB VP EN DIN BS PCI SOC FIPS NIST KB UCS CRC P99 Q H SHA3 AMD ARM ES TIER
    LEVEL STEP PHASE DAY
""")

# The host of a link says whether it leads into the house.
TOOLS = _of("""
    atlassian.net slack.com pagerduty.com opsgenie.com datadoghq.com datadoghq.eu grafana.net
    newrelic.com sentry.io splunkcloud.com honeycomb.io zoom.us meet.google.com docs.google.com
    drive.google.com sharepoint.com teams.microsoft.com notion.so linear.app console.aws.amazon.com
    portal.azure.com console.cloud.google.com gitlab.com zendesk.com statuspage.io miro.com figma.com
    incident.io firehydrant.io rootly.com asana.com trello.com monday.com airtable.com coda.io
    dropbox.com box.com
""")

# Where anybody has an address: no domain of a house.
EVERYBODYS = _of("""
    gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com proton.me
    protonmail.com gmx.de gmx.net web.de
""")

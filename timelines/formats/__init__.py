"""The formats that can be read, most particular first: detection takes the first that recognises itself."""

from timelines.formats import (
    alertmanager,
    auditd,
    calendar,
    github,
    journald,
    mail,
    opsgenie,
    pagerduty,
    shell,
    slack,
    statuspage,
    syslog,
    table,
)

FORMATS = {
    module.FORMAT.key: module.FORMAT
    for module in (
        slack,
        alertmanager,
        pagerduty,
        statuspage,
        github,
        journald,
        auditd,
        mail,
        calendar,
        shell,
        syslog,
        opsgenie,
        table,
    )
}

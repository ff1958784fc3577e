"""The formats that can be read, most particular first: detection takes the first that recognises itself."""

from timelines.formats import (
    alertmanager,
    auditd,
    azure,
    calendar,
    cloudtrail,
    container,
    gcpaudit,
    github,
    journald,
    mail,
    opsgenie,
    pagerduty,
    shell,
    slack,
    statusfeeds,
    statuspage,
    statusvendors,
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
        statusfeeds,
        statusvendors,
        github,
        journald,
        auditd,
        cloudtrail,
        gcpaudit,
        azure,
        mail,
        calendar,
        container,
        shell,
        syslog,
        opsgenie,
        table,
    )
}

"""The formats that can be read, most particular first: detection takes the first that recognises itself."""

from timelines.formats import alertmanager, github, journald, opsgenie, pagerduty, shell, slack, syslog, table

FORMATS = {
    module.FORMAT.key: module.FORMAT
    for module in (slack, alertmanager, pagerduty, github, journald, shell, syslog, opsgenie, table)
}

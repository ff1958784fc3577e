from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "postmortems.meetings"

    def ready(self) -> None:
        from postmortems.interviews.inviting import appointments
        from postmortems.meetings.appointments import meetings

        appointments.source(meetings)

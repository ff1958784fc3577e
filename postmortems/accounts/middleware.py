from django.utils import timezone


class ReadersZone:
    """Times are shown in the reader's zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            with timezone.override(request.user.tz):
                return self.get_response(request)
        return self.get_response(request)

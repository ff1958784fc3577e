from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "postmortems.web"

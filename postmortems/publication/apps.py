from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "postmortems.publication"

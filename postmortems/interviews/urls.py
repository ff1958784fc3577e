from django.urls import include, path

app_name = "interviews"
urlpatterns = [
    path("", include(f"postmortems.interviews.{package}.urls"))
    for package in ("scheduling", "handing", "inviting", "delivering", "listening", "releasing", "jotting")
]

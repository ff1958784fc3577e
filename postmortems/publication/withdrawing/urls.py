from django.urls import path

from postmortems.publication.withdrawing import views

urlpatterns = [path("incidents/<str:ref>/publish/withdraw/<int:number>/", views.withdraw, name="withdraw")]

"""/accounts/…: allauth's pages that are offered here, under allauth's names, and our own."""

from allauth.account import views as account
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.urls import include, path, re_path

from accounts import views
from accounts.views import with_mail, with_provider

urlpatterns = [
    path("", views.index),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", views.SignUpView.as_view(), name="account_signup"),
    path("link/<slug:key>/<slug:token>/", views.sign_in_link, name="sign_in_link"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in-again/", views.sign_in_again, name="sign_in_again"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("email/", with_mail(views.email), name="account_email"),
    path(
        "confirm-email/",
        with_mail(account.email_verification_sent),
        name="account_email_verification_sent",
    ),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        with_mail(account.confirm_email),
        name="account_confirm_email",
    ),
    path("password/reset/", with_mail(account.password_reset), name="account_reset_password"),
    path(
        "password/reset/done/",
        with_mail(account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        with_mail(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        with_mail(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("2fa/webauthn/add/", views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", views.SessionsView.as_view(), name="usersessions_list"),
]
if settings.OIDC_URL:
    urlpatterns += [
        path(
            "oidc/<str:provider_id>/login/",
            with_provider(openid_connect.login),
            name="openid_connect_login",
        ),
        path(
            "oidc/<str:provider_id>/login/callback/",
            with_provider(openid_connect.callback),
            name="openid_connect_callback",
        ),
        path("3rdparty/", social.connections, name="socialaccount_connections"),
        path("3rdparty/signup/", social.signup, name="socialaccount_signup"),
        path("3rdparty/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
        path("3rdparty/error/", social.login_error, name="socialaccount_login_error"),
    ]

"""Signing in with OpenID Connect."""

from typing import Any

from mysite import environment
from mysite.environment import env, read

OIDC_URL = read(
    environment.origin, "OIDC_URL", "", allowed="an address like https://id.example.com"
)
OIDC_NAME = read(env.str, "OIDC_NAME", "OpenID Connect", allowed="a text")
SOCIALACCOUNT_ADAPTER = "accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # form-action forbids a form that leads to another site
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True  # to connect one: it signs in from then on
SOCIALACCOUNT_FORMS = {"signup": "accounts.forms.ProviderSignUpForm"}
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": read(env.str, "OIDC_CLIENT_ID", "", allowed="a text"),
                "secret": read(env.str, "OIDC_CLIENT_SECRET", "", allowed="a text"),
                "settings": {"server_url": OIDC_URL},
            }
        ]
        if OIDC_URL
        else [],
    }
}

"""Who may make an account, and how people sign in."""

from typing import Any

from mysite import environment
from mysite.environment import read
from mysite.settings.mail import MAIL_IS_ON
from mysite.settings.security import COOKIE_SECONDS_MAX, HTTPS

SIGNUP = read(  # who may make an account
    environment.one_of("open", "invite", "off"), "SIGNUP", "open", allowed="open, invite or off"
)
GUESTS = read(  # what people without an account may do
    environment.one_of("on", "read", "off"), "GUESTS", "on", allowed="on, read or off"
)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["chat.web.sign_in.RatedPasswordBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of accounts from before
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "index"
SESSION_COOKIE_AGE = COOKIE_SECONDS_MAX  # as a guest's cookie

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
    "add_email": "accounts.forms.AddMailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.ConfirmForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"} if MAIL_IS_ON else {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", *(["email"] if MAIL_IS_ON else []), "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional" if MAIL_IS_ON else "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"  # an address belongs to whoever confirms it
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Lobby: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_MAX_EMAIL_ADDRESSES = 2  # one, and its successor until that is confirmed
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other sessions end, this one stays
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa"}
ACCOUNT_RATE_LIMITS: Any = (  # beside those of RATE_TABLE
    {
        "login": None,  # RATE_TABLE has it by name and by network
        "login_failed": "10/5m/key",
        "signup": None,
        "reset_password": "5/10m/key",
        "confirm_email": "1/1m/key",
    }
    if environment.rates_are_on()
    else False
)
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "activate_totp": "accounts.forms.ActivateCodesForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
    "authenticate_webauthn": "accounts.forms.PasskeySecondForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyConfirmForm",
}
MFA_RATE_LIMITS: Any = {"webauthn_login": "60/m/ip"} if environment.rates_are_on() else False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is optional here, and is not what one signs in with
MFA_TOTP_TOLERANCE = 1  # a clock that is half a minute off

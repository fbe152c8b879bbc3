"""Lobby's settings. What differs from one installation to the next comes from the environment.

The order is that of reading. A module imports the settings that it needs from the others.
"""

from mysite.settings.paths import *
from mysite.settings.security import *
from mysite.settings.apps import *
from mysite.settings.mail import *
from mysite.settings.accounts import *
from mysite.settings.openid_connect import *
from mysite.settings.database import *
from mysite.settings.channel_layers import *
from mysite.settings.rates import *
from mysite.settings.retention import *
from mysite.settings.static_files import *
from mysite.settings.files import *  # after static_files, whose STORAGES it adds to
from mysite.settings.languages import *
from mysite.settings.log import *
from mysite.settings.metrics import *

"""The actions that have rates: the keys of `settings.RATES`."""

CONNECTION = "connection"  # a WebSocket is opened
GUEST = "guest"  # a new guest is stored
ROOM = "room"  # a new room is stored
MESSAGE = "message"  # edits and topics count as messages too
EDIT = "edit"
TOPIC = "topic"
DELETION = "deletion"
REACTION = "reaction"
NAME = "name"  # a new name
PAGE = "page"  # any HTTP request but static files and health checks
SIGN_IN = "sign_in"  # an attempt; the member is the name that was typed
ADMIN_SIGN_IN = "admin_sign_in"
BYTES = "bytes"  # what the database grows by; of a network, its guests' only
FILE = "file"  # a file is sent
UPLOAD = "upload"  # the bytes of files that are sent
SIGN_UP = "sign_up"  # an account is asked for
DOWNLOAD = "download"  # everything of one person
DEVICE_LINK = "device_link"  # a link to go on on another device
MAIL = "mail"  # a mail is asked for
PERSON_SEARCH = "person_search"  # people are looked for by name
SEARCH = "search"  # messages are searched, or a query is completed
INVITE = "invite"  # an invite into a room is made
JOIN = "join"  # an invite is opened or used: so guesses count, too
REPORT = "report"  # a message is reported to moderators

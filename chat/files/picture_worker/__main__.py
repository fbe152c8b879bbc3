from chat.files.picture_worker import limits

limits.apply()  # before anything is loaded that decodes

from chat.files.picture_worker import tasks  # noqa: E402

tasks.main()

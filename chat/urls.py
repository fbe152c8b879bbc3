from django.urls import path

from chat.web import claims, data, devices, invite_page, moderation, profile, pwa, views

urlpatterns = [
    path("", views.index, name="index"),
    path("chat/", views.index),
    path("chat/<str:room_name>/", views.room, name="room"),
    path("chat/<str:room_name>/messages", views.messages, name="messages"),
    path("chat/<str:room_name>/qr.svg", views.qr_code, name="qr"),
    path("chat/<str:room_name>/people/<uuid:uid>", views.card, name="card"),
    path("chat/<str:room_name>/mute", views.mute, name="mute"),
    path("chat/<str:room_name>/leave", views.leave, name="leave"),
    path("chat/<str:room_name>/keep", views.keep, name="keep"),
    path("rooms/find", views.find_room, name="find_room"),
    path("emoji.json", views.emoji, name="emoji"),
    path("emoji/<slug:language>.json", views.emoji_names, name="emoji_names"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("service-worker.js", pwa.service_worker, name="service_worker"),
    path("offline/<slug:version>/", pwa.offline, name="offline"),
    path("invite/<str:token>/", invite_page.invite, name="invite"),
    path("name/", views.rename, name="rename"),
    path("moderation/block", moderation.block, name="block"),
    path("claim/", claims.claim, name="claim"),
    path("device/", devices.new_link, name="device"),
    path("device/cancel/", devices.revoke_link, name="device_revoke"),
    path("device/state/<slug:id>", devices.link_state, name="device_state"),
    path("device/<slug:token>/", devices.use_link, name="device_link"),
    path("accounts/data/", data.data, name="account_data"),
    path("accounts/data/download/", data.download, name="account_data_download"),
    path("accounts/data/delete/", data.delete, name="account_data_delete"),
    path("accounts/profile/", profile.profile, name="account_profile"),
]

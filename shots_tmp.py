import sys, itertools
from pathlib import Path
from tempfile import mkdtemp
from chat.tests.browser.chromium import chromium
from chat.tests.support.servers import serving
out=Path("/tmp/keepshots"); 
for f in out.glob("*"): f.unlink()
PW="correct horse battery"
with serving("daphne", Path(mkdtemp())) as server, chromium() as browser:
    n=itertools.count()
    for lang in ("en","de"):
        for w,h in ((1280,800),(390,844)):
            ctx=browser.new_context(viewport={"width":w,"height":h},locale=lang,service_workers="block",has_touch=w==390,is_mobile=w==390)
            page=ctx.new_page()
            def shot(name):
                for t in ("light","dark"):
                    page.emulate_media(color_scheme=t); page.screenshot(path=str(out/f"{name}-{lang}-{w}-{t}.png"))
            page.goto(server.url); page.locator("[data-suggest]").click(); page.wait_for_timeout(800); shot("index")
            page.goto(f"{server.url}/chat/~11111111-1111-4111-8111-111111111111/"); shot("notfound")
            page.goto(f"{server.url}/accounts/signup/"); page.locator("#id_username").fill(f"ada-{next(n)}"); page.locator("#id_password1").fill(PW); page.locator("form.landing-form button.button").click(); page.wait_for_url(f"{server.url}/")
            room=f"room {lang} {w}"
            page.goto(f"{server.url}/chat/{room}/"); page.wait_for_timeout(1500)
            page.evaluate("document.querySelector('[data-share-dialog]').showModal()"); page.wait_for_timeout(800); shot("share")
            page.goto(f"{server.url}/chat/{room}/settings/delete"); shot("delete")
            page.evaluate("""([a])=>{const f=document.querySelector("form.landing-form");f.action=a;f.querySelector("[name=name]").value="a/b";f.submit()}""",[f"{server.url}/chat/{room}/settings/rename"]); page.wait_for_url("**/settings/rename"); shot("rename")
            page.goto(f"{server.url}/chat/~11111111-1111-4111-8111-111111111111/"); shot("notfound-in")
            ctx.close()

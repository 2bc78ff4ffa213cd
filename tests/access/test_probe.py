import pytest,re
from tests.access.test_sending import *
pytestmark = [pytest.mark.django_db]
@pytest.mark.parametrize("who", ["clerk","system-admin","reviewer","inspector on the team","security-admin","supervisor"])
def test_probe(county, monkeypatch, who):
    client=signed_in(county.people[who]); client.cookies["language"]="en"
    asked=Asked(monkeypatch)
    for form in forms(county, client, who):
        s=send(client,form,asked)
        body=s.answer.getvalue().decode() if s.answer.status_code!=302 else s.answer.headers["Location"]
        errs=re.findall(r'(?s)(?:errorlist|note-bad|class="error[^"]*")[^>]*>(.*?)</(?:ul|p|div)>',body)
        print("SENT",who,name_of(form),form.pressed,s.answer.status_code,len(s.watch.kept),[w.table for w in s.watch.business][:3],s.watch.entries,[re.sub(r"\s+"," ",re.sub("<[^>]+>"," ",e))[:120] for e in errs][:4], {k:v for k,v in list(form.fields.items())[:6]})

"""Legal bases of the sample matters: instruments with the day their present text came into force, and cited articles."""

from typing import NamedTuple


class Instrument(NamedTuple):
    """A law, regulation or rule: title, number it was issued under (of the present text), in force from (ISO date)."""

    title: str
    number: str
    in_force_from: str


INSTRUMENTS = {
    "hotel": Instrument("旅馆业治安管理办法", "国务院令第752号修订", "2022-05-01"),
    "terror": Instrument("中华人民共和国反恐怖主义法", "主席令第三十六号，2018年修正", "2018-04-27"),
    "exit": Instrument("中华人民共和国出境入境管理法", "主席令第五十七号", "2013-07-01"),
    "foreigners": Instrument("中华人民共和国外国人入境出境管理条例", "国务院令第637号", "2013-09-01"),
    "pawn": Instrument("典当管理办法", "商务部、公安部令2005年第8号", "2005-04-01"),
    "seal": Instrument("印铸刻字业暂行管理规则", "政务院批准，公安部发布", "1951-08-15"),
    "stamp": Instrument("国务院关于国家行政机关和企业事业单位社会团体印章管理的规定", "国发〔1999〕25号", "1999-10-31"),
    "venue": Instrument("娱乐场所管理条例", "国务院令第732号修订", "2020-11-29"),
    "venue-order": Instrument("娱乐场所治安管理办法", "公安部令第103号", "2008-10-01"),
    "repair": Instrument("机动车修理业、报废机动车回收业治安管理办法", "公安部令第38号", "1999-03-25"),
    "scrapcar": Instrument("报废机动车回收管理办法", "国务院令第715号", "2019-06-01"),
    "scrapmetal": Instrument("废旧金属收购业治安管理办法", "国务院令第764号修订", "2023-07-20"),
    "guards": Instrument("保安服务管理条例", "国务院令第752号修订", "2022-05-01"),
    "guards-order": Instrument("公安机关实施保安服务管理条例办法", "公安部令第112号，2016年修订", "2016-01-14"),
    "inner": Instrument("企业事业单位内部治安保卫条例", "国务院令第421号", "2004-12-01"),
    "inner-order": Instrument("公安机关监督检查企业事业单位内部治安保卫工作规定", "公安部令第93号", "2007-10-01"),
    "bank": Instrument("金融机构营业场所和金库安全防范设施建设许可实施办法", "公安部令第86号", "2006-02-01"),
    "blast": Instrument("民用爆炸物品安全管理条例", "国务院令第653号修订", "2014-07-29"),
    "chem": Instrument("危险化学品安全管理条例", "国务院令第645号修订", "2013-12-07"),
    "explosive": Instrument("易制爆危险化学品治安管理办法", "公安部令第154号", "2019-08-10"),
    "firearm": Instrument("中华人民共和国枪支管理法", "主席令第七十二号，2015年修正", "2015-04-24"),
    "fireworks": Instrument("烟花爆竹安全管理条例", "国务院令第666号修订", "2016-02-06"),
    "event": Instrument("大型群众性活动安全管理条例", "国务院令第505号", "2007-10-01"),
    "netbar": Instrument("互联网上网服务营业场所管理条例", "国务院令第752号修订", "2022-05-01"),
    "net": Instrument("中华人民共和国网络安全法", "2025年修正", "2026-01-01"),
    "net-order": Instrument("公安机关互联网安全监督检查规定", "公安部令第151号", "2018-11-01"),
    "netculture": Instrument("互联网文化管理暂行规定", "文化部令第57号修订", "2017-12-15"),
    "precursor": Instrument("易制毒化学品管理条例", "国务院令第703号修订", "2018-09-18"),
    "precursor-order": Instrument("易制毒化学品购销和运输管理办法", "公安部令第87号", "2006-10-01"),
    "road": Instrument("中华人民共和国道路交通安全法", "2021年修正", "2021-04-29"),
    "road-order": Instrument("中华人民共和国道路交通安全法实施条例", "国务院令第687号修订", "2017-10-07"),
    "carrier": Instrument("道路运输车辆动态监督管理办法", "交通运输部、公安部、应急管理部令2022年第10号修订", "2022-02-14"),
    "pipeline": Instrument("中华人民共和国石油天然气管道保护法", "主席令第三十号", "2010-10-01"),
}

BASES: tuple[tuple[str, str, str], ...] = (
    # matter, instrument, articles
    ("ZA01", "hotel", "第四条、第五条、第六条、第七条、第十四条"),
    ("ZA01", "terror", "第二十一条"),
    ("ZA01", "exit", "第三十九条"),
    ("ZA02", "pawn", "第十条、第三十五条、第五十一条、第五十二条"),
    ("ZA03", "seal", "第五条、第六条"),
    ("ZA03", "stamp", "第二十三条"),
    ("ZA04", "venue", "第三条、第十五条、第十六条、第二十五条、第二十六条、第三十一条至第三十三条"),
    ("ZA04", "venue-order", "第八条、第十九条、第三十条"),
    ("ZA05", "repair", "第三条、第四条、第六条"),
    ("ZA06", "repair", "第三条、第四条、第六条"),
    ("ZA06", "scrapcar", "第四条、第二十条"),
    ("ZA07", "scrapmetal", "第四条、第七条、第八条、第十条、第十一条"),
    ("ZA08", "guards", "第三条、第三十七条、第三十八条、第四十二条、第四十三条"),
    ("ZA08", "guards-order", "第三十五条、第三十六条"),
    ("ZA09", "guards", "第十四条、第三十八条"),
    ("ZA10", "guards", "第三十三条、第三十八条"),
    ("ZA11", "inner", "第十三条、第十四条、第十六条、第十九条"),
    ("ZA11", "inner-order", "第二条、第四条"),
    ("ZA12", "inner", "第十三条第四项、第十六条"),
    ("ZA12", "bank", "第三条、第十五条"),
    ("ZA13", "blast", "第四条、第三十一条至第三十三条、第三十八条、第四十条、第四十一条、第四十六条、第四十八条"),
    ("ZA14", "chem", "第六条第二项、第七条、第二十三条、第三十九条、第八十一条"),
    ("ZA15", "chem", "第二十三条、第四十一条、第七十八条、第八十一条"),
    ("ZA15", "explosive", "第四条、第六条、第十三条、第二十五条"),
    ("ZA16", "firearm", "第四条、第二十三条、第二十八条"),
    ("ZA17", "fireworks", "第四条、第二十二条、第三十三条、第三十六条"),
    ("ZA18", "event", "第二条、第五条、第十条、第十一条、第十二条、第二十条"),
    ("WA01", "netbar", "第四条、第十九条、第二十三条、第二十四条、第三十二条、第三十三条"),
    ("WA02", "net", "第八条、第二十三条"),
    ("WA02", "net-order", "第九条、第十条"),
    ("WA03", "netculture", "第七条至第十四条、第二十条至第三十条"),
    ("JD01", "precursor", "第三十二条、第三十六条、第四十条、第四十一条"),
    ("JD01", "precursor-order", "第二十六条"),
    ("JJ01", "road", "第十三条、第九十四条"),
    ("JJ01", "road-order", "第十五条"),
    ("JJ02", "road", "第十四条、第二十二条、第一百零三条"),
    ("JJ02", "carrier", "第七条、第二十一条"),
    ("CJ01", "exit", "第四条、第三十九条、第四十五条"),
    ("CJ01", "foreigners", "第二十六条"),
    ("NB01", "terror", "第二十条、第八十五条"),
    ("NB02", "pipeline", "第五条"),
)

"""The columns of every kind of table that an office sends: the import contract, and what templates and exports write.

Headings are Chinese, as on paper; `headings[0]` is the official one, the rest are spellings met in real files. Units,
categories, townships, fields, specialties, posts and relations are looked up by whoever imports; here they are only text.
"""

from django.utils.translation import gettext_lazy as _

from registries.spreadsheets.columns import Choice, Column, Kind, Layout

YES_NO = (
    Choice("yes", "是", ("Y", "yes", "true", "1", "√", "有", "可", "可以", "属实", "严重")),
    Choice("no", "否", ("N", "no", "false", "0", "×", "无", "不可", "不可以", "不属实", "一般")),
)
UNIT_KINDS = (
    Choice("bureau", "局", ("县局", "公安局", "bureau")),
    Choice("brigade", "大队", ("业务大队", "科室", "室", "中心", "brigade")),
    Choice("station", "派出所", ("所", "station")),
    Choice("partner", "联合单位", ("联合部门", "配合部门", "外单位", "partner")),
)
MATTER_KINDS = (
    Choice("general", "一般检查事项", ("一般", "一般事项", "general")),
    Choice("key", "重点检查事项", ("重点", "重点事项", "key")),
)
REGULATIONS = (
    Choice("R", "双随机", ("双随机一公开", "随机抽查", "双随机、一公开")),
    Choice("F", "全覆盖", ("全覆盖重点监管", "重点监管", "定向检查", "定向")),
    Choice("RF", "一般对象双随机重点对象定向", ("一般对象双随机、重点对象定向", "双随机与定向结合")),
)
PUBLICITY_PROFILES = (
    Choice("name", "公示名称", ("名称", "公示对象名称", "按名称公示")),
    Choice("counts", "只公示数量", ("数量", "仅公示数量", "按数量公示", "不公示名称")),
)
SUBJECT_KINDS = (
    Choice("enterprise", "企业", ("企业法人", "公司", "有限责任公司", "有限公司", "个人独资企业", "合伙企业", "分公司", "营利法人", "农民专业合作社", "合作社")),
    Choice("individual", "个体工商户", ("个体", "个体户")),
    Choice("institution", "机关事业单位", ("事业单位", "事业单位法人", "机关", "国家机关", "学校")),
    Choice("social", "社会组织", ("社会团体", "民办非企业单位", "社会服务机构", "基金会")),
    Choice("site", "场所", ("其他", "其他组织", "工地")),
    Choice("event", "活动", ("大型活动", "大型群众性活动")),
    Choice("person", "自然人", ("个人",)),
)
RISK_GRADES = tuple(Choice(grade, grade, (f"{grade}级", f"{grade}类", word)) for grade, word in zip("ABCD", ("低", "一般", "较高", "高"), strict=True))
SUBJECT_STATES = (
    Choice("active", "在业", ("存续", "开业", "在营", "正常", "营业", "在营（开业）企业", "正常营业")),
    Choice("closed", "停业", ("歇业", "关闭", "已关闭", "停业整顿", "已关闭停业")),
    Choice("deregistered", "注销", ("已注销",)),
    Choice("revoked", "吊销", ("被吊销", "已吊销", "撤销", "被撤销")),
    Choice("moved", "迁出", ("已迁出", "外迁")),
)
COMPLAINT_CHANNELS = (
    Choice("12345热线", "12345热线", ("12345", "热线", "政务热线", "市民热线")),
    Choice("110报警", "110报警", ("110", "报警", "接警")),
    Choice("来信来访", "来信来访", ("信访", "来信", "来访")),
    Choice("网上举报", "网上举报", ("网络", "网络举报", "网站", "局长信箱")),
    Choice("转办交办", "转办交办", ("转办", "交办", "上级转办", "部门移送", "移送")),
    Choice("其他", "其他", ("其它",)),
)
SEXES = (Choice("m", "男", ("male",)), Choice("f", "女", ("female",)))
INSPECTOR_STATES = (
    Choice("active", "在岗", ("在职", "正常", "有效")),
    Choice("suspended", "离岗", ("请假", "休假", "借调", "培训", "病假", "暂停", "停职")),
    Choice("left", "调离", ("失效", "停用", "退休", "离职", "注销")),
)
CERTIFICATE_KINDS = (
    Choice("人民警察证", "人民警察证", ("警官证", "警察证", "民警证")),
    Choice("行政执法证", "行政执法证", ("执法证", "山东省行政执法证", "行政执法证件")),
)
DUTIES = (
    Choice("bureau", "局领导", ("bureau",)),
    Choice("head", "科室正职", ("大队长", "科长", "主任", "正职")),
    Choice("deputy", "科室副职", ("副大队长", "副科长", "副主任", "副职")),
    Choice("station", "所（站、分局）长正职", ("所长", "站长", "分局长", "所(站、分局)长")),
    Choice("station-deputy", "所（站、分局）长副职", ("副所长", "副站长", "所（站、分局）副职")),
    Choice("officer", "一般干部", ("民警", "一般民警", "科员")),
)
LEVELS = (
    Choice("province", "省级", ("省",)),
    Choice("city", "市级", ("市",)),
    Choice("county", "县级", ("县", "区县级", "县（市、区）级")),
    Choice("station", "所级", ("镇街", "派出所", "乡镇", "乡镇（街道）级")),
)
EDUCATIONS = (
    Choice("secondary", "高中及以下", ("高中", "中专", "初中", "小学", "中等专科")),
    Choice("college", "大专", ("专科", "大学专科")),
    Choice("bachelor", "本科", ("大学", "大学本科", "学士")),
    Choice("master", "研究生", ("硕士", "硕士研究生")),
    Choice("doctor", "博士", ("博士研究生", "博士后")),
)
COOPERATIONS = (
    Choice("own", "本部门抽查", ("单独抽查", "本部门", "内部抽查")),
    Choice("leads", "跨部门（本部门发起）", ("部门联合抽查", "联合抽查", "跨部门", "发起")),
    Choice("joins", "跨部门（其他部门发起）", ("配合", "参与")),
)
PERIODS = (
    Choice("years", "按年", ("年", "每年")),
    Choice("permit", "许可有效期内", ("许可期内", "有效期内")),
)

CODE_TABLES = (
    Choice("town", "镇街", ("乡镇", "乡镇街道", "镇(街道)")),
    Choice("field", "执法领域", ("领域",)),
    Choice("specialty", "专业类别", ("专业",)),
    Choice("expert", "专家类别", ("专家", "专家类型")),
    Choice("post", "职务", ("职位",)),
    Choice("relation", "回避关系", ("关系",)),
)

_FROM = ("起始日期", "开始日期", "起始时间", "自", "生效日期")
_UNTIL = ("截止日期", "结束日期", "终止日期", "截止时间", "至", "失效日期")
_SUBJECT = Column("subject", ("对象编号", "检查对象编号", "名录编号", "统一社会信用代码或对象编号"), Kind.CODE, required=True, help=_("Number in the subject registry, credit code or old registration number"), longest=32, spare=("统一社会信用代码/注册号", "统一社会信用代码", "社会信用代码", "信用代码", "注册号"))
_INSPECTOR = Column("inspector", ("人员编号", "警号", "人员编号(警号)", "执法人员编号", "单位工号"), Kind.CODE, required=True, help=_("Number in the inspector registry"), longest=32)
_MATTER = Column("matter", ("事项编码", "事项编号", "事项代码", "编码"), Kind.CODE, required=True, help=_("Code of the matter, as on the first sheet"), longest=32)

UNITS = Layout("units", "单位", (
    Column("code", ("单位代码", "单位编码", "代码", "机构代码", "部门编码"), Kind.CODE, required=True, help=_("Letters, digits and hyphens; never used twice"), longest=16, strict=r"[0-9A-Za-z][0-9A-Za-z._-]{0,15}"),
    Column("name", ("单位名称", "名称", "机构名称", "部门名称"), required=True, help=_("Full name"), longest=80),
    Column("short_name", ("简称", "单位简称"), required=True, help=_("As on notices, for example 治安大队"), longest=20),
    Column("kind", ("类型", "单位类型", "类别", "单位类别"), Kind.CHOICE, required=True, help=_("One of the list"), choices=UNIT_KINDS),
    Column("parent", ("上级单位代码", "上级单位", "上级代码", "主管单位代码"), Kind.CODE, help=_("Code of the unit above; blank for the bureau"), longest=16),
    Column("document_word", ("文书字", "文号字", "机关代字", "文书代字"), help=_("Word of its document numbers, for example 源公(治)"), longest=8),
    Column("phone", ("监督电话", "联系电话", "电话"), Kind.CODE, help=_("For the public"), longest=32),
), key=("code",))

CATEGORIES = Layout("categories", "对象类别", (
    Column("code", ("类别代码", "类别编码", "代码", "编码"), Kind.CODE, required=True, help=_("Lower-case letters, digits, dots and hyphens"), longest=16, strict=r"[a-z0-9][a-z0-9._-]{0,15}"),
    Column("name", ("类别名称", "名称", "对象类别", "检查对象类别"), required=True, help=_("As matters and subjects name it"), longest=60),
    Column("publicity", ("公示方式", "公示范围", "公示口径"), Kind.CHOICE, required=True, help=_("By name, or counts only where the law keeps names back"), choices=PUBLICITY_PROFILES),
), key=("code",))

CODES = Layout("codes", "代码表", (
    Column("table", ("代码表", "代码表名称", "代码类别", "表"), Kind.CHOICE, required=True, help=_("One of the list"), choices=CODE_TABLES),
    Column("code", ("代码", "编码", "值"), Kind.CODE, required=True, help=_("Lower-case letters, digits, dots and hyphens; never used twice in its table"), longest=32, strict=r"[a-z0-9][a-z0-9._-]{0,31}"),
    Column("label", ("名称", "代码名称", "含义"), required=True, help=_("As the other tables name it"), longest=80),
), key=("table", "code"))

MATTERS = Layout("matters", "事项", (
    Column("code", ("事项编码", "事项编号", "事项代码", "编码"), Kind.CODE, required=True, help=_("For example ZA01; never used twice"), longest=16, strict=r"[0-9A-Za-z][0-9A-Za-z._-]{0,15}"),
    Column("area", ("抽查领域", "抽查类别", "领域", "抽查类别/领域"), required=True, help=_("Area of the list it belongs to"), longest=80),
    Column("name", ("抽查事项", "事项名称", "检查事项", "抽查事项名称"), required=True, help=_("Name of the matter"), longest=120),
    Column("sub_item", ("抽查子项", "子项", "检查子项"), help=_("When the matter has parts"), longest=120),
    Column("content", ("抽查内容", "检查内容", "内容"), required=True, help=_("What is looked at, in a sentence or two"), longest=2000),
    Column("categories", ("检查对象类别", "检查对象", "抽查对象", "对象类别"), Kind.LABELS, required=True, help=_("Names of the categories, joined by 、"), longest=400),
    Column("kind", ("事项类别", "事项类型"), Kind.CHOICE, required=True, help=_("Key matters have no ceiling on their ratio"), choices=MATTER_KINDS),
    Column("method", ("检查方式", "抽查方式", "检查方法"), required=True, help=_("For example 现场检查、书面检查"), longest=80),
    Column("regulation", ("监管方式", "监管模式"), Kind.CHOICE, required=True, help=_("How its subjects are watched"), choices=REGULATIONS),
    Column("inspecting_body", ("检查主体", "抽查主体", "实施主体"), required=True, help=_("Who has the power, for example 县级公安机关"), longest=80),
    Column("unit", ("责任单位代码", "责任单位", "承办单位", "承办单位代码"), Kind.CODE, required=True, help=_("Code of the unit that answers for it"), longest=16),
    Column("ratio_percent", ("抽查比例(%)", "抽查比例", "比例", "抽查比例%"), Kind.PERCENT, required=True, help=_("In percent, above 0 and at most 100"), least=0, most=100),
    Column("frequency", ("抽查频次", "频次", "抽查频率", "每年次数"), required=True, help=_("For example 每年1次"), longest=80),
    Column("team_size", ("检查人员数", "检查人数", "检查人员", "每户人数", "检查人员要求"), Kind.INTEGER, required=True, help=_("Inspectors for a visit, at least 2"), affixes=("不少于", "至少", "名", "人"), least=2, most=9),
    Column("fields", ("所需执法领域", "执法领域", "所需领域"), Kind.LABELS, help=_("Names of enforcement fields, joined by 、"), longest=400),
    Column("specialties", ("所需专业", "专业类别", "所需专业类别"), Kind.LABELS, help=_("Names of specialties, joined by 、"), longest=400),
    Column("partners", ("配合部门", "联合部门", "发起/配合部门", "参与部门"), help=_("Departments that come along"), longest=200),
    Column("publicity", ("公示方式", "公示渠道", "结果公示方式"), help=_("Where results are published"), longest=80),
    Column("remarks", ("备注", "说明", "其他"), longest=1000),
    Column("full_coverage", ("全覆盖监管的对象类别", "重点监管对象类别"), Kind.LABELS, help=_("Of the categories, those watched by full coverage; joined by 、"), longest=400),
    Column("ratio_wording", ("抽查比例文字", "比例说明"), help=_("The ratio in words, as in the official list"), longest=120),
    Column("ratio_least", ("最低比例(%)", "最低比例", "比例下限"), Kind.PERCENT, help=_("In percent; blank when there is none"), least=0, most=100),
    Column("ratio_most", ("最高比例(%)", "最高比例", "比例上限"), Kind.PERCENT, help=_("In percent; blank when there is none"), least=0, most=100),
    Column("least_times", ("最少次数", "次数下限"), Kind.INTEGER, help=_("Within the period; blank when there is none"), affixes=("次",), least=1, most=365),
    Column("most_times", ("最多次数", "次数上限"), Kind.INTEGER, help=_("Within the period; blank when there is none"), affixes=("次",), least=1, most=365),
    Column("period", ("次数周期", "频次周期"), Kind.CHOICE, help=_("What the times are counted over"), choices=PERIODS),
    Column("period_years", ("周期年数", "每几年"), Kind.INTEGER, help=_("1 when counted by the year"), affixes=("每", "年"), least=1, most=10),
    Column("cooperation", ("抽查类型", "抽查形式"), Kind.CHOICE, help=_("Alone or with other departments"), choices=COOPERATIONS),
    Column("initiator", ("发起部门", "牵头部门"), help=_("When another department initiates it"), longest=80),
), key=("code",))

BASES = Layout("bases", "依据", (
    _MATTER,
    Column("instrument", ("法律文件", "文件名称", "法律法规名称", "依据名称", "设定依据", "检查依据", "抽查依据"), required=True, help=_("Title of the law, regulation or rule"), longest=120),
    Column("document_number", ("文号", "发文字号", "公布文号"), help=_("Number it was issued under"), longest=60),
    Column("article", ("条款", "条文", "依据条款", "条款号"), required=True, help=_("For example 第六条、第十一条"), longest=120),
    Column("in_force_from", ("施行日期", "生效日期", "实施日期"), Kind.DATE, required=True, help=_("Day from which this text is in force")),
    Column("in_force_until", ("失效日期", "废止日期", "有效期至"), Kind.DATE, help=_("Last day; blank while in force"), endless=True),
), key=("matter", "instrument", "article"))

CHECKLIST = Layout("checklist", "检查项", (
    _MATTER,
    Column("position", ("序号", "项号", "顺序号"), Kind.INTEGER, required=True, help=_("1, 2, 3 … within the matter"), least=1, most=999),
    Column("title", ("检查项", "检查项目", "项目"), required=True, help=_("Short name of what is looked at"), longest=120),
    Column("content", ("检查内容", "内容", "检查标准"), required=True, help=_("What must be so, as a question of yes or no"), longest=1000),
    Column("guidance", ("操作方法与要领", "操作方法", "检查方法", "要领", "检查要领"), help=_("How it is looked at"), longest=1000),
    Column("article", ("依据条款", "检查依据", "依据"), help=_("Instrument and article"), longest=200),
), key=("matter", "position"))

SUBJECTS = Layout("subjects", "检查对象", (
    Column("key", ("对象编号", "检查对象编号", "名录编号", "编号"), Kind.CODE, help=_("Number in the registry; blank for a new subject that has a credit code"), longest=32, strict=r"[0-9A-Z][0-9A-Z._-]{0,31}"),
    Column("name", ("名称", "对象名称", "检查对象名称", "企业名称", "单位名称", "字号名称", "市场主体名称"), required=True, help=_("As on the licence"), longest=120),
    Column("uscc", ("统一社会信用代码", "信用代码", "社会信用代码", "统一信用代码", "统一社会信用代码/注册号", "注册号/统一社会信用代码"), Kind.USCC, help=_("18 characters; blank when it has none"), beside="old_number"),
    Column("old_number", ("注册号", "旧注册号", "工商注册号", "营业执照注册号"), Kind.CODE, help=_("Old registration number of 15 digits"), longest=20),
    Column("kind", ("主体类型", "市场主体类型", "企业类型", "类型"), Kind.CHOICE, required=True, help=_("One of the list"), choices=SUBJECT_KINDS),
    Column("categories", ("对象类别", "检查对象类别", "行业类别", "监管标签", "类别"), Kind.LABELS, required=True, help=_("Names of the categories, joined by 、"), longest=400),
    Column("unit", ("责任单位代码", "责任单位", "管辖单位代码", "管辖单位"), Kind.CODE, required=True, help=_("Code of the unit that answers for it"), longest=16),
    Column("town", ("镇街", "镇(街道)", "乡镇", "所属镇街", "乡镇街道", "所属乡镇", "所在镇街", "所在乡镇"), required=True, help=_("Township or street office"), longest=60),
    Column("address", ("地址", "经营地址", "住所", "经营场所", "住所(经营场所)", "详细地址"), help=_("As on the licence"), longest=200),
    Column("contact", ("负责人", "法定代表人", "经营者", "法人代表", "联系人", "法定代表人(负责人)"), help=_("Who answers for it"), longest=60),
    Column("phone", ("联系电话", "电话", "手机号", "联系方式", "手机"), Kind.CODE, longest=40),
    Column("risk_grade", ("信用风险等级", "风险等级", "信用风险分类", "信用等级", "信用风险类别"), Kind.CHOICE, help=_("A low … D high; blank when not graded"), choices=RISK_GRADES),
    Column("graded_on", ("等级日期", "评定日期", "分类日期", "风险等级日期"), Kind.DATE, help=_("Day of the grade")),
    Column("grade_source", ("等级来源", "评定来源", "分类来源"), help=_("Who gave the grade"), longest=80),
    Column("status", ("状态", "登记状态", "经营状态", "企业状态"), Kind.CHOICE, required=True, help=_("One of the list"), choices=SUBJECT_STATES),
    Column("verified_on", ("核实日期", "核查日期", "更新日期", "最近核实日期"), Kind.DATE, required=True, help=_("Day on which the entry was last confirmed")),
    Column("station", ("所队代码", "属地派出所", "管片单位", "管辖派出所"), Kind.CODE, help=_("Code of the station or squad that looks after it on the spot"), longest=16),
    Column("status_since", ("状态日期", "状态变更日期"), Kind.DATE, help=_("Day since when it has this status")),
    Column("status_reason", ("状态原因", "状态说明"), help=_("Why it has this status"), longest=200),
), key=("key",))

PERMITS = Layout("permits", "许可证", (
    _SUBJECT,
    Column("name", ("许可证名称", "证照名称", "许可名称", "许可证件名称", "许可事项"), required=True, help=_("For example 特种行业许可证"), longest=80),
    Column("number", ("许可证编号", "许可证号", "证照编号", "许可编号", "许可证书编号"), Kind.CODE, required=True, help=_("As on the permit"), longest=60),
    Column("issuer", ("发证机关", "发证单位", "许可机关", "许可证发证机关", "许可发证机关"), help=_("Who issued it"), longest=80),
    Column("issued_on", ("发证日期", "批准日期", "批准日", "许可决定日期", "许可批准日期"), Kind.DATE),
    Column("valid_from", ("有效期起", "有效期自", "有效期始"), Kind.DATE),
    Column("valid_until", ("有效期至", "有效期止", "有效期", "许可截止期"), Kind.DATE, help=_("Last day; 长期 or 9999-09-09 when there is none"), endless=True),
    Column("long_term", ("是否长期有效", "长期", "长期有效", "是否长期"), Kind.FLAG, help=_("Follows from the last day when left blank"), choices=YES_NO),
), key=("subject", "name", "number"))

EXCLUSIONS = Layout("exclusions", "不在检查范围", (
    _SUBJECT,
    Column("basis", ("依据", "法律依据", "排除依据"), required=True, help=_("Law and article that take it out of scope"), longest=200),
    Column("reason", ("理由", "原因", "说明"), required=True, longest=500),
    Column("starts_on", _FROM, Kind.DATE, required=True),
    Column("ends_on", _UNTIL, Kind.DATE, help=_("Last day; blank or 长期 when there is none"), endless=True),
), key=("subject", "basis", "starts_on"))

COMPLAINTS = Layout("complaints", "投诉举报", (
    _SUBJECT,
    Column("received_on", ("受理日期", "投诉日期", "举报日期", "接收日期", "日期"), Kind.DATE, required=True),
    Column("channel", ("来源渠道", "来源", "渠道", "投诉渠道"), Kind.CHOICE, required=True, help=_("One of the list"), choices=COMPLAINT_CHANNELS),
    Column("content", ("内容", "投诉内容", "举报内容", "反映内容"), required=True, help=_("Without names or numbers of persons"), longest=1000),
    Column("upheld", ("是否属实", "属实", "查证结果", "核查结果"), Kind.FLAG, help=_("Blank until it is known"), choices=YES_NO),
    Column("decided_on", ("查结日期", "办结日期", "核查日期"), Kind.DATE, help=_("Day on which it was decided")),
    Column("decision", ("查证情况", "办理结果", "核查情况"), help=_("What was found"), longest=500),
), key=("subject", "received_on", "content"))

VIOLATIONS = Layout("violations", "严重违法", (
    _SUBJECT,
    Column("found_on", ("日期", "违法日期", "认定日期", "处罚日期"), Kind.DATE, required=True),
    Column("facts", ("事实", "违法事实", "主要事实", "内容"), required=True, longest=1000),
    Column("document_number", ("文号", "处罚文号", "决定书文号", "处罚决定书文号"), help=_("Number of the decision"), longest=60),
    Column("serious", ("是否严重", "严重", "是否严重违法"), Kind.FLAG, required=True, choices=YES_NO),
), key=("subject", "found_on", "facts"))

INSPECTORS = Layout("inspectors", "执法检查人员", (
    Column("number", ("人员编号", "警号", "人员编号(警号)", "执法人员编号", "单位工号"), Kind.CODE, required=True, help=_("Police number; never used twice"), longest=16, strict=r"[0-9A-Z][0-9A-Z._-]{0,15}"),
    Column("name", ("姓名", "人员姓名", "执法人员姓名", "名字"), required=True, longest=40),
    Column("sex", ("性别",), Kind.CHOICE, required=True, choices=SEXES),
    Column("post", ("职务", "担任职务", "职位"), required=True, longest=40),
    Column("unit", ("所属单位代码", "所属单位", "所属执法科室", "单位代码", "所在业务部门"), Kind.CODE, required=True, help=_("Code of the unit"), longest=16),
    Column("specialties", ("专业类别", "专业", "专长"), Kind.LABELS, required=True, help=_("Names of specialties, joined by 、"), longest=400, spare=("岗位资质资格", "岗位资格资质")),
    Column("fields", ("执法领域", "领域", "岗位大类"), Kind.LABELS, required=True, help=_("Names of enforcement fields, joined by 、"), longest=400, spare=("执法事项范围",)),
    Column("may_lead", ("可任组长", "组长", "能否任组长", "是否可任组长"), Kind.FLAG, required=True, choices=YES_NO),
    Column("most_open_cases", ("在办上限", "最多在办", "在办案件上限"), Kind.INTEGER, required=True, help=_("Most cases at a time"), affixes=("件", "起"), least=1, most=999),
    Column("status", ("状态", "人员状态", "在岗状态", "执法人员状态"), Kind.CHOICE, required=True, help=_("Only who is on duty is drawn"), choices=INSPECTOR_STATES),
    Column("phone", ("联系电话", "电话", "手机号", "手机"), Kind.CODE, help=_("Kept encrypted"), longest=40),
    Column("id_number", ("身份证号", "身份证号码", "公民身份号码", "身份证"), Kind.ID_NUMBER, help=_("Kept encrypted")),
    Column("status_since", ("状态日期", "状态变更日期"), Kind.DATE, help=_("Day since when")),
    Column("status_because", ("状态原因", "状态说明"), help=_("Why not on duty"), longest=200),
    Column("duty", ("职务类别", "职务层次"), Kind.CHOICE, help=_("One of the list"), choices=DUTIES),
    Column("level", ("层级", "单位层级"), Kind.CHOICE, help=_("One of the list"), choices=LEVELS),
    Column("district", ("管辖片区", "片区"), longest=80),
    Column("in_post_since", ("从事本岗起始日", "任现岗日期", "从事本岗位时间"), Kind.DATE),
    Column("education", ("学历", "文化程度"), Kind.CHOICE, help=_("One of the list"), choices=EDUCATIONS),
    Column("major", ("学历专业", "所学专业"), longest=60),
    Column("title", ("技术职称", "职称"), longest=40),
    Column("matters", ("可执法事项", "执法事项编码", "事项编码"), Kind.LABELS, help=_("Codes of matters joined by 、; blank: all of them"), longest=400),
    Column("office_phone", ("办公电话", "座机"), Kind.CODE, longest=40),
    Column("experts", ("专家类别", "专家类型", "专家"), Kind.LABELS, help=_("Names of expert types, joined by 、"), longest=400),
), key=("number",))

CERTIFICATES = Layout("certificates", "证件", (
    _INSPECTOR,
    Column("kind", ("证件种类", "证件类型", "证件名称", "种类"), Kind.CHOICE, required=True, help=_("One of the list"), choices=CERTIFICATE_KINDS),
    Column("number", ("证件号码", "证件编号", "证号", "执法证编号"), Kind.CODE, required=True, longest=40),
    Column("issuer", ("发证机关", "发证单位", "颁发机关"), help=_("Who issued it"), longest=80),
    Column("valid_from", ("有效期起", "有效期自", "发证日期", "起始日期"), Kind.DATE, required=True),
    Column("valid_until", ("有效期止", "有效期至", "有效期", "截止日期"), Kind.DATE, required=True, help=_("Last day")),
), key=("kind", "number"))

MATERIALS = Layout("materials", "材料清单", (
    _MATTER,
    Column("name", ("材料名称", "材料", "检查材料"), required=True, help=_("What the inspected are asked to have at hand"), longest=120),
    Column("note", ("材料说明", "说明"), longest=300),
), key=("matter", "name"))

RECUSALS = Layout("recusals", "回避", (
    _INSPECTOR,
    _SUBJECT,
    Column("relation", ("关系", "回避关系", "回避事由", "事由"), required=True, help=_("As in the code table of relations"), longest=80),
    Column("starts_on", _FROM, Kind.DATE, required=True),
    Column("ends_on", _UNTIL, Kind.DATE, help=_("Last day; blank or 长期 when there is none"), endless=True),
), key=("inspector", "subject", "starts_on"))

WORKBOOKS: dict[str, tuple[Layout, ...]] = {
    "units": (UNITS,),
    "codes": (CODES,),
    "categories": (CATEGORIES,),
    "matters": (MATTERS, BASES, CHECKLIST, MATERIALS),
    "subjects": (SUBJECTS,),
    "permits": (PERMITS,),
    "exclusions": (EXCLUSIONS,),
    "complaints": (COMPLAINTS,),
    "violations": (VIOLATIONS,),
    "inspectors": (INSPECTORS, CERTIFICATES),
    "recusals": (RECUSALS,),
}
"""Kind of import → the sheets of its workbook, in the order in which they are read."""

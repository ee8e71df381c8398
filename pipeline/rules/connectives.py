"""The words between what a sentence names and its numbers, and what each of them allows.

What is not listed here keeps a number from its words: rather no claim than a wrong one.
"""

import re

from pipeline.rules.marked import MARK

FILLER = re.compile(
    r"(?:，?共计|，?共有|，?合计|，?总计|，?共|，达到|，达|总数|总量|数量|数|增加到|增加至|上升到|上升至|减少到|减少至|"
    r"下降到|下降至|增至|增长到|降至|为|是|达到|达|有|了|的|：|各|均|都|案件|案|件|事项|申请|决定|情形|情况|信息|处理|"
    r"分别|总额|金额|总金额|计|作出|产生|发生|继续办理|办理|视为放弃|不再处理|相关|已|三种|几种|两种|类|量|率|范围|[0-9.]+[%％]（|"
    rf"[由从](?:上年|去年|上一年)的?{MARK}(?:上升|增加|增长|下降|减少)[到至为]|"
    rf"\s|（[^（）{MARK}]{{0,40}}）)*+"
)
"""What may stand between words and their number."""
LEAD = re.compile(
    r"(?:申请人|因为|因|由于|系|属于|属|为保护|为|是|被|的|按照|按规定|按|《[^《》]{1,20}》|以|涉及|涉|危及|经|均|都|已|全部|"
    r"作出|作|认定|提起|申请|答复|告知|由|于|及时|依法|另|按期|来自|本机关|我.|要求|无正当理由|其他|未|而|可能|保护|三类|四类|\s)*+"
)
"""What may stand between a number and its words."""
TAIL = re.compile(
    r"(?:的|情况|案件|案|申请|事项|相关|信息|情形|办理|继续|公开|答复|发生|提起|引发|问题|处理|了|等|政府|依|年度|产生|"
    r"不予公开|无法提供|不予处理|不予提供|不再处理|终止|行政复议|行政诉讼|诉讼|和|及|与|或|行为|现象|件|外|而|视为放弃|"
    r"记录|工作|方面|事件|类|\s)*+"
)
"""What may stand behind words, up to the end of their clause."""
BETWEEN = re.compile(
    r"(?:的|而|信息|申请|类|政府|因|属于|属|依法|予以|且|案件|案|决定|三种情形|情形|涉及|本机关|保护|\s)*+"
)
"""What may stand between words that share a number, but for what joins them."""
JOINT = re.compile(r"、|以及|及|和|与|或者|或")
FREE = re.compile(
    r"[，。；：！？、（）.\s”’]|$|外|和|及|与|或|以及|并|而|但|均|都|已|尚|且|其中|全部|结案|办结|除外|不予|中|里"
)
"""What may follow a number whose words stand before it: no noun of its own."""
NOT = re.compile(r"未曾|未|没有|尚无|不存在|无(?!正当|法|条件|关|偿|效|障碍|力|论|一)")
AGAIN = re.compile("新发生|新增加|再|按")
ALL = re.compile(rf"[^，。；：！？{MARK}]{{0,20}}，(?P<all>均|全部|都|一律)?{LEAD.pattern}")
EACH, RESPECTIVELY, SUM = re.compile("各|均|都"), "分别", re.compile("共|合计|总计")
ITEMS = re.compile("[、，]|和|及|与|以及")

"""The values that rows hold, in people's words; tests compare each list with its enum."""

from jishi.entry.console.words import Vocabulary, Word, both

STATUS = both("状态", "Status")
CHANNEL_TITLE = both("支付渠道", "Channel")
KIND = both("类型", "Kind")

MERCHANT_STATUS = Vocabulary(
    STATUS,
    {
        "applying": Word("填写中", "Applying"),
        "in_review": Word("待审核", "In review", "info"),
        "active": Word("营业中", "Active", "success"),
        "suspended": Word("已暂停", "Suspended", "warning"),
        "closing": Word("清退中", "Closing", "warning"),
        "closed": Word("已关闭", "Closed"),
        "rejected": Word("已驳回", "Rejected", "danger"),
    },
)
SETTLEMENT_MODE = Vocabulary(
    both("结算方式", "Settlement"),
    {
        "own_clearing": Word("平台清分", "Own clearing"),
        "channel_split": Word("渠道分账", "Channel split"),
    },
)
STATEMENT_CYCLE = Vocabulary(
    both("结算周期", "Cycle"),
    {
        "t1": Word("每日 (T+1)", "Daily (T+1)"),
        "weekly": Word("每周", "Weekly"),
        "monthly": Word("每月", "Monthly"),
    },
)
STAFF_ROLE = Vocabulary(
    both("角色", "Role"),
    {
        "owner": Word("店主", "Owner", "primary"),
        "operator": Word("运营", "Operator"),
        "warehouse": Word("仓库", "Warehouse"),
        "finance": Word("财务", "Finance"),
        "service": Word("客服", "Service"),
        "cashier": Word("收银", "Cashier"),
    },
)
PLATFORM_ROLE = Vocabulary(
    both("平台角色", "Platform role"),
    {
        "operations": Word("运营", "Operations"),
        "finance": Word("财务", "Finance"),
        "service": Word("客服", "Service"),
        "risk": Word("风控", "Risk"),
        "administrator": Word("管理员", "Administrator", "primary"),
    },
)
LISTING_STATUS = Vocabulary(
    STATUS,
    {
        "draft": Word("草稿", "Draft"),
        "in_review": Word("审核中", "In review", "info"),
        "live": Word("销售中", "Live", "success"),
        "off_shelf": Word("已下架", "Off the shelf", "warning"),
        "rejected": Word("已驳回", "Rejected", "danger"),
        "banned": Word("已封禁", "Banned", "danger"),
    },
)
VERSION_STATUS = Vocabulary(
    STATUS,
    {
        "in_review": Word("待审核", "In review", "info"),
        "live": Word("已生效", "Live", "success"),
        "rejected": Word("已驳回", "Rejected", "danger"),
        "draft": Word("草稿", "Draft"),
        "superseded": Word("已被替换", "Superseded"),
        "withdrawn": Word("已撤回", "Withdrawn"),
        "refused": Word("已驳回(后已重写)", "Rejected, written anew", "danger"),
    },
)
FINDING_CHECK = Vocabulary(
    both("自动检查", "Check"),
    {
        "words": Word("敏感词", "Words"),
        "pictures": Word("图片重复", "Pictures"),
        "prices": Word("价格异常", "Prices"),
    },
)
FINDING_SEVERITY = Vocabulary(
    both("严重程度", "Severity"),
    {
        "alarm": Word("严重", "Serious", "danger"),
        "look": Word("请留意", "Look", "warning"),
    },
)
WORD_SEVERITY = Vocabulary(
    both("处理方式", "What happens"),
    {
        "look": Word("人工审核", "A person looks", "warning"),
        "block": Word("禁止提交", "Not taken", "danger"),
    },
)
WAIT_CAUSE = Vocabulary(
    both("需人工审核的原因", "Waits because"),
    {
        "new_product": Word("新商品", "New product"),
        "texts": Word("文字变更", "Texts changed"),
        "pictures": Word("图片变更", "Pictures changed"),
        "place": Word("类目、品牌或属性变更", "Category, brand or attributes changed"),
        "variants": Word("规格变更", "Variants changed"),
        "prices": Word("价格变动较大", "A price moved far"),
        "findings": Word("自动检查有发现", "The checks found something"),
        "standing": Word("商家近期多次被驳回或有封禁商品", "Rejected often lately, or something is banned"),
    },
)
AUTHORISATION_STATUS = Vocabulary(
    STATUS,
    {
        "requested": Word("待审核", "Waiting", "warning"),
        "granted": Word("已授权", "Granted", "success"),
        "refused": Word("未通过", "Refused", "danger"),
        "withdrawn": Word("已收回", "Withdrawn", "danger"),
    },
)
SHARED_MOVE = Vocabulary(
    KIND,
    {"merge": Word("合并", "Merge"), "split": Word("拆分", "Split")},
)
SHARED_REASON = Vocabulary(
    both("相同之处", "What is the same"),
    {
        "gtin": Word("GTIN 相同", "GTIN"),
        "model": Word("品牌与型号相同", "Brand and model"),
        "title": Word("品牌与标题相同", "Brand and title"),
        "picture": Word("主图相似", "Picture looks alike"),
    },
)
CATEGORY_MODE = Vocabulary(
    both("商品归属", "Whose the products are"),
    {
        "inherited": Word("与上级类目相同", "As the category above"),
        "own": Word("各商家独立商品", "Each merchant's own"),
        "shared": Word("多商家共享商品", "Shared by merchants"),
    },
)
ATTRIBUTE_KIND = Vocabulary(
    KIND,
    {
        "text": Word("文字", "Text"),
        "number": Word("数字", "Number"),
        "choice": Word("单选", "One choice"),
        "choices": Word("多选", "Several choices"),
        "flag": Word("是 / 否", "Yes / no"),
        "date": Word("日期", "Date"),
        "colour": Word("颜色", "Colour"),
    },
)
ORDER_STATUS = Vocabulary(
    STATUS,
    {
        "awaiting_payment": Word("待付款", "Awaiting payment", "warning"),
        "awaiting_balance": Word("待付尾款", "Awaiting balance", "warning"),
        "awaiting_shipment": Word("待发货", "Awaiting shipment", "info"),
        "partially_shipped": Word("部分发货", "Partially shipped", "info"),
        "shipped": Word("已发货", "Shipped", "primary"),
        "delivered": Word("已送达", "Delivered", "success"),
        "received": Word("已收货", "Received", "success"),
        "completed": Word("已完成", "Completed", "success"),
        "closed": Word("已关闭", "Closed"),
    },
)
ORDER_PAYMENT = Vocabulary(
    both("付款", "Payment"),
    {
        "unpaid": Word("未付款", "Unpaid", "warning"),
        "deposit_paid": Word("已付定金", "Deposit paid", "info"),
        "paid": Word("已付款", "Paid", "success"),
        "partially_refunded": Word("部分退款", "Partially refunded", "warning"),
        "refunded": Word("已退款", "Refunded", "danger"),
    },
)
FULFILMENT = Vocabulary(
    both("发货", "Fulfilment"),
    {
        "unshipped": Word("未发货", "Unshipped"),
        "partially_shipped": Word("部分发货", "Partially shipped", "info"),
        "shipped": Word("已发货", "Shipped", "primary"),
        "delivered": Word("已送达", "Delivered", "success"),
        "received": Word("已收货", "Received", "success"),
    },
)
CLOSE_REASON = Vocabulary(
    both("关闭原因", "Closed because"),
    {
        "unpaid": Word("超时未付款", "Not paid in time"),
        "cancelled_by_buyer": Word("买家取消", "Cancelled for the buyer"),
        "cancelled_by_merchant": Word("商家取消", "Cancelled for the merchant"),
        "refunded": Word("全额退款", "Fully refunded"),
    },
)
SHIPPING_METHOD = Vocabulary(
    both("配送方式", "Delivery"),
    {
        "standard": Word("普通快递", "Standard"),
        "express": Word("加急", "Express"),
        "same_city": Word("同城", "Same city"),
        "pick_up": Word("自提", "Pick-up"),
        "virtual": Word("无需物流", "Virtual"),
    },
)
PARCEL_STATUS = Vocabulary(
    STATUS,
    {
        "label_created": Word("已下单", "Label created"),
        "collected": Word("已揽收", "Collected", "info"),
        "in_transit": Word("运输中", "In transit", "info"),
        "out_for_delivery": Word("派送中", "Out for delivery", "primary"),
        "delivered": Word("已签收", "Delivered", "success"),
        "exception": Word("异常", "Exception", "danger"),
        "lost": Word("丢失", "Lost", "danger"),
        "returned": Word("已退回", "Returned", "warning"),
    },
)
PUSH_REFUSAL = Vocabulary(
    both("拒绝原因", "Refused because"),
    {
        "signature": Word("签名不符", "Wrong signature", "danger"),
        "malformed": Word("格式有误", "Malformed", "warning"),
        "carrier": Word("承运商不符", "Another carrier's parcel", "warning"),
        "unknown_parcel": Word("没有这个包裹", "Unknown parcel", "info"),
    },
)
ACTOR = Vocabulary(
    both("操作方", "By"),
    {
        "buyer": Word("买家", "Buyer"),
        "merchant": Word("商家", "Merchant"),
        "platform": Word("平台", "Platform", "primary"),
        "carrier": Word("承运商", "Carrier"),
        "channel": Word("支付渠道", "Channel"),
        "clock": Word("系统定时", "Clock"),
        "staff": Word("员工", "Staff"),
        "system": Word("系统", "System"),
    },
)
CHANNEL = Vocabulary(
    CHANNEL_TITLE, {"alipay": Word("支付宝", "Alipay"), "wechat": Word("微信支付", "WeChat Pay")}
)
PAYMENT_STATUS = Vocabulary(
    STATUS,
    {
        "created": Word("待支付", "Created"),
        "pending": Word("支付中", "Pending", "info"),
        "deposit_paid": Word("已付定金", "Deposit paid", "info"),
        "paid": Word("已支付", "Paid", "success"),
        "failed": Word("支付失败", "Failed", "danger"),
        "closed": Word("已关闭", "Closed"),
        "late_paid": Word("逾期到账", "Paid late", "warning"),
        "partially_refunded": Word("部分退款", "Partially refunded", "warning"),
        "refunded": Word("已退款", "Refunded", "danger"),
    },
)
DISPOSITION = Vocabulary(
    both("处理", "Taken as"),
    {
        "applied": Word("入账", "Applied", "success"),
        "late": Word("逾期,退回", "Late, sent back", "warning"),
        "second": Word("重复,退回", "Second, sent back", "warning"),
    },
)
CALLBACK_OUTCOME = Vocabulary(
    both("结果", "Outcome"),
    {
        "applied": Word("已入账", "Applied", "success"),
        "repeated": Word("重复通知", "Repeated"),
        "late_revived": Word("逾期,已恢复", "Late, revived", "info"),
        "late_returned": Word("逾期,已退回", "Late, sent back", "warning"),
        "second_returned": Word("重复付款,已退回", "Second, sent back", "warning"),
        "refund_noted": Word("退款通知", "Refund noted", "info"),
        "noted": Word("仅记录", "Noted"),
        "refused": Word("不符,已拒绝", "Refused", "danger"),
        "forged": Word("伪造", "Forged", "danger"),
    },
)
REFUND_STATUS = Vocabulary(
    STATUS,
    {
        "requested": Word("待退款", "Requested", "info"),
        "processing": Word("退款中", "Processing", "info"),
        "done": Word("已退款", "Done", "success"),
        "failed": Word("失败", "Failed", "danger"),
    },
)
REFUND_REASON = Vocabulary(
    both("退款原因", "Reason"),
    {
        "cancelled": Word("发货前取消", "Cancelled before shipment"),
        "partial": Word("部分退款", "Some of the goods"),
        "goodwill": Word("补偿", "Goodwill"),
        "late_payment": Word("逾期付款", "Late payment"),
        "second_capture": Word("重复付款", "Second capture"),
        "deposit": Word("退定金", "Deposit"),
    },
)
BREAK_KIND = Vocabulary(
    KIND,
    {
        "missing_here": Word("我方缺记录", "Missing here", "danger"),
        "missing_there": Word("渠道缺记录", "Missing there", "danger"),
        "amount": Word("金额不符", "Amount differs", "warning"),
        "currency": Word("币种不符", "Currency differs", "warning"),
    },
)
BREAK_SUBJECT = Vocabulary(
    both("对象", "Subject"), {"payment": Word("收款", "Payment"), "refund": Word("退款", "Refund")}
)
ACCOUNT_KIND = Vocabulary(
    KIND,
    {
        "asset": Word("资产", "Asset", "info"),
        "liability": Word("负债", "Liability", "warning"),
        "income": Word("收入", "Income", "success"),
        "expense": Word("费用", "Expense", "danger"),
        "equity": Word("权益", "Equity"),
    },
)
JOURNAL_KIND = Vocabulary(
    KIND,
    {
        "payment_captured": Word("收款", "Payment captured"),
        "order_completed": Word("订单完成", "Order completed"),
        "refunded": Word("退款", "Refunded"),
        "late_payment": Word("逾期付款", "Late payment"),
        "second_capture": Word("重复付款", "Second capture"),
        "suspense_refunded": Word("暂记退回", "Suspense sent back"),
        "channel_settled": Word("渠道到账", "Channel settled"),
        "payout_started": Word("打款发起", "Payout started"),
        "payout_paid": Word("打款成功", "Payout paid"),
        "payout_failed": Word("打款失败", "Payout failed"),
        "payout_returned": Word("打款退回", "Payout returned"),
        "subsidy_funded": Word("补贴注资", "Subsidy funded"),
        "adjustment": Word("调整", "Adjustment"),
    },
)
STATEMENT_STATUS = Vocabulary(
    STATUS,
    {
        "open": Word("未出账", "Open"),
        "issued": Word("待商家确认", "Issued", "info"),
        "disputed": Word("有异议", "Disputed", "danger"),
        "confirmed": Word("已确认", "Confirmed", "primary"),
        "paid": Word("已结清", "Paid", "success"),
    },
)
ENTRY_KIND = Vocabulary(
    KIND,
    {
        "sale": Word("销售", "Sale"),
        "deposit": Word("定金", "Deposit"),
        "refund": Word("退款", "Refund", "danger"),
        "freight": Word("运费", "Freight"),
        "commission": Word("佣金", "Commission"),
        "adjustment": Word("调整", "Adjustment", "warning"),
    },
)
PAYOUT_STATUS = Vocabulary(
    STATUS,
    {
        "pending": Word("待复核", "Awaiting approval", "warning"),
        "processing": Word("打款中", "With the bank", "info"),
        "paid": Word("已到账", "Paid", "success"),
        "failed": Word("失败", "Failed", "danger"),
        "returned": Word("被退回", "Returned", "danger"),
    },
)
LETTER_OUTCOME = Vocabulary(
    both("处理", "Outcome"),
    {
        "waiting": Word("待处理", "Waiting", "danger"),
        "retried": Word("已重试", "Retried", "success"),
        "dismissed": Word("已忽略", "Dismissed"),
    },
)

"""What the files call their columns, and the statuses in them."""

from collections.abc import Sequence

from jishi.kernel.words import Text

ORDERS: Sequence[Text] = (
    Text("订单号", "Order"), Text("下单时间", "Placed"), Text("状态", "Status"), Text("收货人", "Recipient"),
    Text("商品", "Goods"), Text("件数", "Pieces"), Text("实付", "Paid"), Text("币种", "Currency"),
)  # fmt: skip
PRODUCTS: Sequence[Text] = (
    Text("商品", "Product"), Text("状态", "Status"), Text("最低价", "Price from"), Text("最高价", "Price to"),
    Text("币种", "Currency"), Text("规格数", "Variants"), Text("可售", "Available"), Text("更新时间", "Updated"),
)  # fmt: skip
# The first columns of it; an attribute each, and what buyers choose between, follow.
PRODUCT_TABLE: Sequence[Text] = (
    Text("商品编号", "Product key"), Text("标题", "Title"), Text("英文标题", "English title"),
)  # fmt: skip
STOCK: Sequence[Text] = (
    Text("编码", "Code"), Text("商品", "Product"), Text("规格", "Variant"), Text("仓库", "Warehouse"),
    Text("在库", "On hand"), Text("已锁定", "Reserved"), Text("可售", "Available"),
)  # fmt: skip
STATEMENTS: Sequence[Text] = (
    Text("起始日", "First day"), Text("截止日(不含)", "Until (not included)"), Text("状态", "Status"),
    Text("订单数", "Orders"), Text("上期结转", "Carried over"), Text("销售", "Sales"), Text("退款", "Refunds"),
    Text("佣金", "Commission"), Text("调整", "Adjustments"), Text("应结", "Due"), Text("币种", "Currency"),
    Text("出账时间", "Issued"),
)  # fmt: skip
MOVEMENTS: Sequence[Text] = (
    Text("时间", "When"), Text("类型", "Kind"), Text("编码", "Code"), Text("商品", "Product"),
    Text("变化", "Change"), Text("单据号", "Reference"),
)  # fmt: skip
ENTRIES: Sequence[Text] = (
    Text("时间", "When"), Text("类型", "Kind"), Text("订单号", "Order"), Text("货款", "Goods"),
    Text("运费", "Freight"), Text("平台补贴", "Subsidy"), Text("商家优惠(不入账)", "Own discounts (not counted)"),
    Text("佣金", "Commission"), Text("入账", "Amount"), Text("币种", "Currency"),
)  # fmt: skip
REVIEWS: Sequence[Text] = (
    Text("时间", "When"), Text("星级", "Stars"), Text("商品", "Product"), Text("规格", "Variant"),
    Text("买家", "Buyer"), Text("评价", "Review"), Text("商家回复", "Reply"), Text("回复时间", "Replied"),
)  # fmt: skip
AUDIT: Sequence[Text] = (
    Text("时间", "When"), Text("操作人", "By"), Text("身份", "As"), Text("操作", "Action"),
    Text("对象类型", "Subject"), Text("对象编号", "Subject id"),
)  # fmt: skip

ORDER_STATUS = {
    "awaiting_payment": Text("待付款", "To pay"),
    "awaiting_balance": Text("待付尾款", "Balance to pay"),
    "awaiting_shipment": Text("待发货", "To ship"),
    "partially_shipped": Text("部分发货", "Partly shipped"),
    "shipped": Text("运输中", "On its way"),
    "delivered": Text("已送达", "Delivered"),
    "received": Text("已收货", "Received"),
    "completed": Text("已完成", "Completed"),
    "closed": Text("已关闭", "Closed"),
}
LISTING_STATUS = {
    "draft": Text("草稿", "Draft"),
    "in_review": Text("审核中", "In review"),
    "live": Text("在售", "On sale"),
    "off_shelf": Text("已下架", "Off sale"),
    "rejected": Text("未通过", "Rejected"),
    "banned": Text("已禁售", "Banned"),
}
STATEMENT_STATUS = {
    "open": Text("未出账", "Open"),
    "issued": Text("待确认", "To confirm"),
    "disputed": Text("有异议", "Disputed"),
    "confirmed": Text("已确认", "Confirmed"),
    "paid": Text("已打款", "Paid"),
}
MOVEMENT_KIND = {
    "received": Text("入库", "Received"),
    "shipped": Text("发货", "Shipped"),
    "returned": Text("退回", "Returned"),
    "scrapped": Text("报损", "Scrapped"),
    "counted": Text("盘点", "Counted"),
    "moved": Text("调拨", "Moved"),
    "sold_at_till": Text("门店售出", "Sold at the till"),
}
ENTRY_KIND = {
    "sale": Text("销售", "Sale"),
    "deposit": Text("定金", "Deposit"),
    "refund": Text("退款", "Refund"),
    "freight": Text("运费", "Freight"),
    "commission": Text("佣金", "Commission"),
    "adjustment": Text("调整", "Adjustment"),
}

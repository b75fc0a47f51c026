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

ORDER_STATUS = {
    "awaiting_payment": Text("待付款", "To pay"),
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

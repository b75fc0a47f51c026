"""Who hears what: the one place where news travels upwards, after the commit that made it."""

from collections.abc import Mapping

from jishi.community.reviews.events import ReviewWritten
from jishi.flows import best_offer, coupons, news, news_money
from jishi.identity.accounts.events import AccountOpened
from jishi.identity.merchants.events import MerchantMoved, StoreChanged
from jishi.kernel.events import Event
from jishi.kernel.outbox import Handler
from jishi.money.payments.events import PaymentCaptured, PaymentReturned, RefundDone, RefundFailed
from jishi.offering.catalog.events import ListingMoved, OffersChanged, ProductPublished
from jishi.offering.catalog.services import follow_merchant
from jishi.offering.inventory.events import StockCameBack, StockRanOut
from jishi.offering.inventory.services import tell_catalogue
from jishi.trade.orders.events import (
    OrderClosed,
    OrderCompleted,
    OrderDelivered,
    OrderDepositPaid,
    OrderPaid,
    OrderReceived,
    OrderRefunded,
    OrderRefundOpened,
    OrderReopened,
    OrderShipped,
)
from jishi.trade.shipping.events import ParcelScanned

SUBSCRIPTIONS: Mapping[type[Event], tuple[Handler, ...]] = {
    AccountOpened: (coupons.welcome,),
    OrderDepositPaid: (news.tell_order,),
    OrderPaid: (news.tell_order, news.note_purchase),
    OrderClosed: (news.tell_order,),
    OrderReopened: (news.tell_order,),
    OrderShipped: (news.tell_order, news.write_of_shipment),
    OrderDelivered: (news.tell_order,),
    OrderReceived: (news.tell_order,),
    OrderCompleted: (news.tell_order, news.count_sales, coupons.reward_spending),
    OrderRefundOpened: (news.tell_order,),
    OrderRefunded: (news.tell_order,),
    PaymentCaptured: (news_money.tell_payment, coupons.use_coupons),
    PaymentReturned: (news_money.tell_payment,),
    RefundDone: (news_money.tell_refund, news_money.write_of_refund, coupons.give_coupons_back),
    RefundFailed: (news_money.tell_refund,),
    ParcelScanned: (news.tell_parcel,),
    ReviewWritten: (news.rate_product,),
    MerchantMoved: (follow_merchant,),
    StoreChanged: (follow_merchant,),
    ListingMoved: (news.renew_home,),
    ProductPublished: (news.renew_home,),
    OffersChanged: (best_offer.follow_offers,),
    StockRanOut: (tell_catalogue,),
    StockCameBack: (tell_catalogue,),
}

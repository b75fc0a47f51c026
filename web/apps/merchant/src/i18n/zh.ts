const zh = {
  app: { name: '商家中心', market: '去集市', signOut: '退出登录', menu: '菜单', skip: '跳到正文', help: '使用帮助', account: '账号', toDark: '切换到深色', toLight: '切换到浅色', noStore: '您还没有店铺', noStoreHelp: '当前账号不是任何店铺的员工。请让店主添加您,或换一个账号登录。', otherAccount: '换个账号' },
  nav: { home: '工作台', orders: '订单', products: '商品', stock: '库存', reviews: '评价', statements: '结算', staff: '员工', audit: '操作日志', settings: '店铺资料' },
  common: { save: '保存', cancel: '取消', confirm: '确定', more: '加载更多', end: '没有更多了', empty: '这里还没有内容', all: '全部', saved: '已保存', retry: '重试', failed: '操作未成功', failedKept: '操作未成功。您填写的内容都还在,可以改好后再试。', actions: '操作', showAll: '查看全部', back: '返回', reload: '刷新', none: '无', loading: '加载中' },
  orderStatus: { awaiting_payment: '待付款', awaiting_shipment: '待发货', partially_shipped: '部分发货', shipped: '运输中', delivered: '已送达', received: '已收货', completed: '已完成', closed: '已关闭' },
  parcelStatus: { label_created: '待揽收', collected: '已揽收', in_transit: '运输中', out_for_delivery: '派送中', delivered: '已签收', exception: '异常', lost: '丢失', returned: '已退回' },
  methods: { standard: '普通快递', express: '加急快递', same_city: '同城配送', pick_up: '到店自提', virtual: '无需物流' },
  home: {
    hello: '{name},今天也顺利', today: '今日', sales: '销售额', orders: '订单数', paidOrders: '已付款订单', toDo: '待办', recent: '最近订单', nothing: '都处理完了', trend: '近 30 天销售', trendWords: '近 30 天已付款销售共 {total}', best: '近 30 天热销', noSales: '近 30 天还没有销售', soldPieces: '售出 {count} 件',
    waiting: { to_ship: '待发货订单', reviews_to_answer: '待回复评价', low_stock: '快卖完的规格', rejected_listings: '未通过的商品', statements_to_confirm: '待确认结算单' },
    help: { to_ship: '尽快发货,买家正等着', reviews_to_answer: '及时回复,买家更放心', low_stock: '可售不超过 5 件', rejected_listings: '按原因修改后重新提交', statements_to_confirm: '确认后即可打款' },
  },
  orders: {
    title: '订单', number: '订单号', goods: '商品', amount: '实付', status: '状态', recipient: '收货人', placedAt: '下单时间', searchHint: '输入订单号', empty: '没有符合条件的订单', emptyHelp: '换一个状态看看。', none: '还没有订单', noneHelp: '买家下单后会出现在这里。', selected: '已选 {count} 单', bulkShip: '批量发货', open: '查看订单 {number}',
  },
  order: {
    title: '订单 {number}', lines: '商品', discount: '优惠', shippedOf: '已发 {shipped} / {count}', goods: '商品金额', freight: '运费', total: '买家实付', refunded: '已退款', recipient: '收货信息', masked: '为保护隐私,只在需要发货时显示完整信息', note: '买家留言', parcels: '包裹', noParcels: '还没有发货', timeline: '进度', ship: '发货', refund: '退款', slip: '打印配货单', live: '实时更新中', scans: '物流轨迹', method: '配送方式',
  },
  ship: { title: '发货', carrier: '快递公司', number: '快递单号', numberHelp: '留空则由快递公司生成', pieces: '本次发货数量', done: '已发货', nothing: '请至少选择一件', chooseCarrier: '请选择快递公司' },
  refund: { title: '退款', by: '退款方式', byPieces: '按件退款', byAmount: '按金额退款', amount: '退款金额(元)', freight: '同时退还运费', reason: '退款原因', reasonHelp: '买家会看到', most: '最多可退 {amount}', done: '退款已提交,原路退回', once: '退款提交后不能撤回。', wrongAmount: '请填写不超过可退金额的金额', nothing: '请至少选择一件' },
  slip: { title: '配货单', print: '打印', sku: '规格', quantity: '数量', from: '发货方', missing: '{count} 张配货单没有读到' },
  products: { title: '商品', create: '新建商品', search: '搜索商品名称', price: '价格', skus: '{count} 个规格', available: '可售 {count}', updated: '更新于', empty: '还没有商品', noneFound: '没有符合条件的商品', emptyHelp: '新建一个商品,提交审核后即可上架。', submit: '提交审核', putOnShelf: '上架', takeOffShelf: '下架', edit: '编辑', submitted: '已提交审核', moved: '已更新' },
  imports: {
    title: '批量导入', help: '上传 CSV 或 XLSX 表格(不超过 20 MB、10 万行),一行一个规格;商品编号相同的行是同一个商品。先检查、后写入,可随时离开再回来。', upload: '上传表格', template: '下载空白模板', empty: '还没有导入过表格', emptyHelp: '其他平台的商品表格也可以上传,列名不同时在下一步对应。', file: '文件', rows: '行数', outcome: '结果', at: '上传时间',
    columns: '各列的含义', columnsHelp: '没有选择含义的列会被忽略。必须有一列是商家编码;编码已存在的行会更新对应商品,空单元格保持原样。', leftOut: '忽略此列', samples: '例如', unnamed: '第 {number} 列', forReview: '写入后直接提交审核', forReviewHelp: '不勾选时保存为草稿。提交审核的新商品至少需要一张图片:请先在商品编辑页上传,再在“图片”列填写文件名。', warehouse: '新规格的库存入库到', warehouseHelp: '库存只用于新增的规格;已有规格请用盘点。', check: '检查表格', checkAgain: '重新检查', start: '开始导入', checkFirst: '列的含义已修改,请重新检查', needCode: '请指定哪一列是商家编码', needWarehouse: '请选择入库的仓库', twice: '“{name}”只能对应一列',
    progress: '已处理 {done} / {total} 行', created: '新建', updated: '更新', unchanged: '无变化', refused: '未导入', willBe: '检查结果', result: '导入结果', accounted: '共 {count} 行,每一行都有结果。', refusedRows: '未通过的行', line: '行', column: '列', reason: '原因', download: '下载未通过的行', downloadHelp: '改好后可以直接再次上传这个文件。', leave: '可以离开此页,导入会继续进行。', back: '返回批量导入',
    status: { uploaded: '待检查', checking: '检查中', checked: '待开始', writing: '导入中', done: '已完成' },
  },
  listing: { draft: '草稿', in_review: '审核中', live: '在售', off_shelf: '已下架', rejected: '未通过', banned: '已禁售' },
  editor: {
    create: '新建商品', copy: '复制', preview: '预览', edit: '编辑商品', titleZh: '中文标题', titleEn: '英文标题', subtitleZh: '中文副标题', subtitleEn: '英文副标题', descriptionZh: '中文详情', descriptionEn: '英文详情', category: '类目', attributes: '属性', pictures: '图片', addPicture: '上传图片', pictureHelp: 'JPEG、PNG 或 WebP;第一张是主图', removePicture: '移除图片', film: '视频', addFilm: '上传视频', changeFilm: '换一个视频', removeFilm: '移除视频', filmHelp: 'MP4(H.264)或 WebM,不超过 1 分钟、30 MB;会显示在商品图片之后,封面取自视频。', axisNameEn: '英文名', valueEn: '“{value}”的英文名', fillAll: '批量填写', fill: '应用', gridHelp: '用方向键和回车在表格中移动;可以从表格软件粘贴一列。', leads: '主图', moveBack: '图片 {number} 前移', moveOn: '图片 {number} 后移', addAxis: '添加属性', axisName: '属性名', values: '选项(用逗号分隔)', skus: '规格与价格', code: '编码', price: '售价(元)', listPrice: '划线价(元)', weight: '重量(克)', save: '保存草稿', saveSubmit: '保存并提交审核', noAxes: '单规格商品', wrongPrice: '请填写正确的价格', needAxis: '请填写每个属性的名称和选项', wrongCode: '每个规格要有自己的编码', needTitle: '请填写标题', needCategory: '请选择类目', removeAxis: '移除属性', single: '默认', picture: '图片 {number}', rejected: '审核未通过', descriptionHelp: '可以使用段落、列表、加粗等简单的 HTML 标签。',
  },
  autosave: {
    saving: '正在保存…', saved: '{at} 已自动保存', retrying: '未保存,正在重试;内容已留在本机', waits: '尚未保存:{what}', refused: '未保存:{why}', stopped: '未保存:同事修改了这个商品',
    offer: '本机有 {at} 的未保存修改', offerHelp: '恢复后会替换下面的内容,并自动保存为草稿。', bringBack: '恢复修改', discard: '不要了',
    conflict: '您编辑时,同事保存了新的内容', conflictHelp: '两份内容都在。选一份继续编辑;选用同事的内容后,您的修改仍留在本机,可随时恢复。', mine: '我的内容', theirs: '同事的内容', keepMine: '用我的覆盖', takeTheirs: '用同事的', differs: '有改动',
    parts: { titleZh: '中文标题', titleEn: '英文标题', subtitleZh: '中文副标题', subtitleEn: '英文副标题', descriptionZh: '中文详情', descriptionEn: '英文详情', prices: '规格与价格', pictures: '图片与视频', rest: '类目、品牌与属性' },
  },
  shelf: { title: '定时上下架', help: '北京时间,精确到分钟。未到上架时间就通过审核的商品先不上架,到点自动上架;下架时间一到即停售。', on: '上架时间', off: '下架时间', none: '不设置', save: '保存时间', cancel: '取消定时', saved: '已保存上下架时间', cancelled: '已取消定时', planOn: '{at} 上架', planOff: '{at} 下架' },
  edits: {
    chosen: '已选 {count} 个', prices: '批量改价', category: '批量改类目', stock: '批量改库存', preview: '预览结果', again: '修改条件', apply: '执行', most: '一次最多 {count} 个商品', nothing: '没有可以修改的商品',
    way: '改价方式', ways: { set: '统一改为', raise: '加价(元)', lower: '减价(元)', raiseShare: '上调(%)', lowerShare: '下调(%)' }, value: '数值', wrongValue: '请填写大于 0 的数值', ending: '尾数', endings: { any: '不处理', ninety: '凑到 .90', whole: '凑到 .00' },
    to: '新类目', before: '现价', after: '改后', dropsListPrice: '划线价低于新价,将取消', dropped: '新类目没有的属性将去掉:{names}',
    effects: { draft: '保存为草稿', at_once: '立即生效', review: '提交审核', same: '无变化', refused: '不能修改' },
    step: '修改方式', steps: { set: '每个规格改为', add: '每个规格增加' }, pieces: '件数', stockHelp: '按盘点或入库记账,库存流水里可以查到。买家已锁定的件数不能减掉。',
  },
  brands: { title: '品牌', search: '输入品牌名查找', ask: '申请授权', again: '重新提交资料', askFor: '申请销售“{brand}”', proof: '品牌方的授权书(图片,至多 6 张)', note: '补充说明', send: '提交申请', asked: '已提交,平台审核后会在这里显示结果', standing: { needed: '需要品牌授权', requested: '授权审核中', granted: '已获授权', refused: '授权未通过', withdrawn: '授权已收回' } },
  history: {
    title: '版本记录', help: '每次提交都是一个版本。恢复会把该版本写成新的草稿,提交后按正常流程生效;在售的版本不受影响。', empty: '还没有版本', emptyHelp: '保存商品后,每个版本都会记录在这里。', restore: '恢复', restored: '已写成草稿,提交后生效', restoreAsk: '用版本 {number} 的内容替换当前草稿?在售的版本不受影响。', first: '第一个版本', same: '内容没有变化', auto: '系统自动通过', live: '在售', none: '无', by: '{name} 编写',
    status: { draft: '草稿', in_review: '审核中', rejected: '未通过', live: '已生效', superseded: '已被替换', withdrawn: '已撤回', refused: '未通过(后已重写)' },
    parts: { title: '标题', subtitle: '副标题', description: '详情', category: '类目', brand: '品牌', pictures: '图片', picture_order: '图片顺序', film: '视频', axis: '销售属性', attribute: '属性', sku: '规格', sku_code: '编码', price: '售价', list_price: '划线价', weight: '重量', volume: '体积', freight: '运费模板', buyer_limit: '每人限购' },
    languages: { zh: '中文', en: '英文' },
  },
  review: {
    approved: '已自动通过,买家现在就能看到', waits: '正在等待平台审核', waitsBecause: '需要人工审核:{causes}',
    causes: { new_product: '新商品', texts: '文字有变更', pictures: '图片有变更', place: '类目、品牌或属性有变更', variants: '规格有变更', prices: '售价变动超过 20% 或划线价上调', findings: '自动检查需要复核', standing: '店铺近期有驳回或封禁记录' },
  },
  prices: { title: '价格记录', help: '这里是买家看到过的价格。有划线价或降价时,商品页会同时显示 30 天最低价;下架期间不算。', sku: '规格', from: '起始时间', price: '售价', change: '变化', notForSale: '停售', empty: '还没有价格记录', emptyHelp: '商品上架后,每次调价都会记录在这里。' },
  stock: { bulkCount: '批量盘点', title: '库存', sku: '规格', warehouse: '仓库', onHand: '在库', reserved: '已锁定', available: '可售', receive: '入库', count: '盘点', pieces: '数量(件)', counted: '实际数量(件)', reference: '单据号 / 说明', movements: '库存流水', allKinds: '全部类型', allWarehouses: '全部仓库', allSkus: '查看全部商品', noMovements: '还没有库存流水', noMovementsFound: '没有符合条件的流水', noMovementsHelp: '入库、发货、盘点都会记录在这里。', kind: '类型', at: '时间', change: '变化', done: '库存已更新', search: '搜索编码或名称', empty: '没有库存记录', noneFound: '没有符合条件的库存', lowOnly: '只看可售不超过 {count} 件的', emptyHelp: '商品上架后在这里入库。' },
  reviews: { title: '评价', stars: '星级', allStars: '全部星级', starsOf: '{count} 星', unansweredOnly: '只看未回复的', empty: '还没有评价', emptyHelp: '买家确认收货后可以评价。', noneFound: '没有符合条件的评价', noText: '买家没有填写文字', picture: '评价图片 {number}', reply: '回复', replyHint: '所有人都能看到您的回复', send: '发布回复', ours: '商家回复', change: '修改回复', answered: '已回复', sorts: { newest: '最新在前', oldest: '最早在前', stars_up: '星级从低到高', stars_down: '星级从高到低' } },
  table: { sort: '排序', up: '{name}:升序', down: '{name}:降序', columns: '列', views: '视图', saveView: '保存当前筛选', viewName: '视图名称', viewSaved: '已保存视图', removeView: '删除视图 {name}', noViews: '还没有保存的视图', export: '导出', csv: 'CSV（不限行数）', xlsx: 'Excel（至多 10 万行）', select: '选择 {name}', selectAll: '全选', clear: '取消选择' },
  bulk: { waiting: '等待中', running: '处理中', done: '已完成', failed: '未成功', summary: '完成 {done},未成功 {failed}', retry: '重试未成功的', close: '关闭', putOnShelf: '批量上架', takeOffShelf: '批量下架' },
  movement: { received: '入库', shipped: '发货', returned: '退回', scrapped: '报损', counted: '盘点', moved: '调拨', sold_at_till: '门店售出' },
  statements: { title: '结算', period: '账期', status: '状态', opening: '上期结转', sales: '销售', refunds: '退款', commission: '佣金', adjustments: '调整', due: '应结', orders: '订单数', confirm: '确认结算单', confirmHelp: '确认后平台财务会安排打款。', confirmed: '已确认', empty: '还没有结算单', noneFound: '没有这个状态的结算单', emptyHelp: '订单完成后,会按账期自动出账。', entries: '明细', noEntries: '这张结算单没有明细', order: '订单号', goods: '货款', freight: '运费', subsidy: '平台补贴', amount: '入账', payout: '打款', reference: '银行流水号', at: '时间', detail: '查看 {period} 的结算单' },
  statement: { open: '未出账', issued: '待确认', disputed: '有异议', confirmed: '已确认', paid: '已打款' },
  payout: { pending: '待复核', processing: '打款中', paid: '已到账', failed: '失败', returned: '被退回' },
  entry: { sale: '销售', refund: '退款', freight: '运费', commission: '佣金', adjustment: '调整' },
  staff: { title: '员工', login: '邮箱或手机号', role: '角色', since: '加入时间', add: '添加员工', addHelp: '对方需要先注册并验证邮箱或手机号。', remove: '移除', roleAsk: '把 {name} 的角色改为“{role}”?可见的页面和权限会立即变化。', removeAsk: '移除 {name} 后,他将立即无法进入商家中心。', added: '已添加', removed: '已移除', nickname: '昵称' },
  role: { owner: '店主', operator: '运营', warehouse: '仓库', finance: '财务', service: '客服', cashier: '收银' },
  audit: { title: '操作日志', at: '时间', who: '操作人', action: '操作', subject: '对象', empty: '还没有操作记录', noneFound: '没有符合条件的记录', allSubjects: '全部对象', platform: '平台' },
  settings: { title: '店铺资料', nameZh: '店铺中文名', nameEn: '店铺英文名', introZh: '中文简介', introEn: '英文简介', logo: '店标', logoHelp: '正方形图片,至少 200 像素', banner: '横幅', bannerHelp: '宽幅图片,比例约 4:1', choosePicture: '选择图片', legal: '主体名称', bank: '收款账户', commission: '平台佣金', cycle: '结算周期', contact: '联系人', changed: '同事刚刚修改了资料,请刷新后再改' },
  cycles: { t1: '次日', weekly: '每周', monthly: '每月' },
}

export type Messages = typeof zh

export default zh

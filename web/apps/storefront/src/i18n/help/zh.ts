const help = {
  help: { title: '帮助中心', questions: '常见问题' },
  tour: {
    next: '下一步',
    back: '上一步',
    done: '开始逛',
    end: '结束导览',
    again: '再看一遍导览',
    samples: '演示账号',
    samplesText: '这是演示集市：点一个身份，自动填好账号和密码。',
    roles: { buyer: '买家', owner: '店主', warehouse: '仓管', finance: '财务' },
    stops: {
      welcome: { title: '欢迎来到演示集市', text: '商家、商品和支付都是演示的：放心下单，不会真的扣钱，也不会发货。' },
      search: { title: '先找点什么', text: '在这里搜商品、品牌或店铺，拼音也可以。列表可以筛选和排序。' },
      cart: { title: '放进购物车', text: '不登录也能加购。多家店一次结算，一次付款，各自发货。' },
      accounts: { title: '用演示账号登录', text: '登录页列出了几个现成的身份，点一下就填好。也可以自己注册，验证码在 /_sim/inbox 里。' },
      faces: { title: '换个角度看', text: '店主在商家中心发货和对账，平台在 /admin/ 审核和打款。页面底部的“帮助中心”回答常见问题。' },
    },
  },
}

export type HelpMessages = typeof help

export default help

"""What the back office says when there is nothing at an address, or when it is not for whoever asks."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jishi.entry.console.words import both

WORDS = {
    404: (
        both("页面不存在", "Nothing here"),
        both("记录可能已被删除,或地址有误。", "The row may be gone, or the address is wrong."),
    ),
    403: (
        both("没有权限", "Not for you"),
        both(
            "您的平台角色不包括这一页或这项操作。如需使用,请联系管理员。",
            "Your roles do not cover this page or action. Please ask an administrator if you need it.",
        ),
    ),
}


def fault(request: HttpRequest, status: int) -> HttpResponse:
    """Answer 403 or 404 in the back office's own dress and in the language of whoever looks."""
    title, text = WORDS[status]
    context = {
        **admin.site.each_context(request),
        "title": title,
        "text": text,
        "back": both("回到工作台", "Back to today"),
    }
    return render(request, "console/fault.html", context, status=status)

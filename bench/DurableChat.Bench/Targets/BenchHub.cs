using System.Globalization;
using Microsoft.AspNetCore.SignalR;

namespace DurableChat.Bench.Targets;

/// <summary>The hub of the SignalR target: who connects joins the group of a chat.</summary>
internal sealed class BenchHub : Hub
{
    /// <summary>The group of a chat.</summary>
    public static string GroupOf(int chat) => chat.ToString(CultureInfo.InvariantCulture);

    public override async Task OnConnectedAsync()
    {
        await Groups.AddToGroupAsync(Context.ConnectionId, GroupOf(PlainHost.ChatOf(Context.GetHttpContext()!)));
        await Clients.Caller.SendAsync("say", TargetSpec.ReadyText);
    }
}

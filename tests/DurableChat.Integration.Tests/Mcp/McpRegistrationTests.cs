using DurableChat.Mcp;
using DurableChat.Mcp.Tools;
using DurableChat.Sqlite;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace DurableChat.Integration.Tests.Mcp;

/// <summary>When the connections to MCP servers begin and end.</summary>
public sealed class McpRegistrationTests
{
    [Fact]
    public async Task Servers_are_connected_before_turns_are_taken_over_and_until_the_last_turn_is_handed_over()
    {
        using var folder = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<IChatClient>(ScriptedModel.Answering());
        services.AddDurableChatCore(new DurableChatOptions()).UseSqlite(folder.File("chats.db")).AddMcp(_ => { });
        await using var provider = services.BuildServiceProvider();
        var hosted = provider.GetServices<IHostedService>().ToList();
        Assert.InRange(hosted.FindIndex(service => service is McpToolSource), 0, hosted.FindIndex(service => service is Reconciler) - 1);
    }
}

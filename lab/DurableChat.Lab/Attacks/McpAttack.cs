using System.Globalization;
using DurableChat.Integration.Tests.Mcp;
using DurableChat.Lab.Faults;
using DurableChat.Lab.Hostile;
using DurableChat.Lab.Running;
using DurableChat.ScaleTest.Running;

namespace DurableChat.Lab.Attacks;

/// <summary>MCP servers with results, pages and tools without end, whose tools one owner calls in many chats.</summary>
internal sealed class McpAttack : Attack
{
    private const long MostOfAnswer = 8L << 20;
    private readonly List<FakeMcpServer> _servers = [];
    private int _calls;

    public override string Name => "mcp";

    public override string Bound => "at most 512 tools, 200 pages, 8 MiB a message, 128 MiB an answer";

    public override async Task<AttackSetup> SetUpAsync(AttackScale scale)
    {
        _calls = scale.Of(2, 16);
        await AddAsync(server => server.Endless = (
            "application/json", """{"jsonrpc":"2.0","id":ID,"result":{"content":[{"type":"text","text":" """, "xxxx"));
        await AddAsync(server => server.Tools = Tools(0, scale.Of(2000, 200_000)));
        await AddAsync(server => server.Page = cursor =>
        {
            var page = int.Parse(cursor ?? "0", CultureInfo.InvariantCulture);
            return $$""" "tools":[{{Tools(1_000_000 + (10 * page), 1)}}],"nextCursor":"{{page + 1}}" """;
        });
        return new AttackSetup
        {
            Settings = new Dictionary<string, string>
            {
                ["Lab__Mcp"] = string.Join(' ', _servers.Select(server => server.Url)),
            },
            Program = LabServer.Program,
            Traits = new ProcessTraits { Command = McpHostCommand.Name },
            MoreBytes = _calls * MostOfAnswer,
        };
    }

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        var token = arena.AttackerTokens[0];
        for (var round = 0; round < arena.Scale.Of(1, 5); round++)
        {
            var chats = await Task.WhenAll(Enumerable.Range(0, _calls).Select(
                _ => arena.CreateChatAsync(token, new { content = McpHostCommand.CallWord }, cancellationToken)));
            foreach (var chat in chats)
            {
                arena.Expect(chat is not null && await arena.WaitForAsync(
                    token,
                    chat,
                    status => status is "waiting" or "error",
                    cancellationToken), "A turn that calls an endless tool does not end.");
            }

            arena.Tally.Add("calls of an endless tool", chats.Length);
        }

        arena.Tally.Add("MiB sent as their results", _servers[0].SentWithoutEnd >> 20);
        arena.Tally.Add("pages of tools read", _servers[2].Pages);
        arena.Expect(_servers[0].SentWithoutEnd > 0, "The endless tool was not called.");
    }

    protected override async ValueTask CloseAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private static string Tools(int first, int count) =>
        string.Join(',', Enumerable.Range(first, count)
            .Select(number => $$$"""{"name":"tool_{{{number}}}","inputSchema":{"type":"object"}}"""));

    private async Task AddAsync(Action<FakeMcpServer> configure)
    {
        var server = await FakeMcpServer.StartAsync();
        configure(server);
        _servers.Add(server);
    }
}

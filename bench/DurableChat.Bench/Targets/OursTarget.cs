using System.Diagnostics;
using System.Globalization;
using DurableChat.Bench.Wire;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Bench.Targets;

/// <summary>
/// DurableChat's own server, whole: middleware, metrics, feeds, endpoints, writers. What is published goes into the feeds as a commit or the model's stream puts it there; only
/// the database's write and the model are left out, so that delivery alone is measured. Where a store is named, all is committed there first.
/// </summary>
internal sealed class OursTarget(string? store, int? durableWindow) : ITarget
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("durablechat-bench-");
    private readonly List<ChatPublisher> _chats = [];
    private WebApplication? _app;

    /// <summary>The id of a chat by its number.</summary>
    public static ChatId IdOf(int chat) => ChatId.Parse((chat + 1).ToString("x32", CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public async Task<int> StartAsync(int chats)
    {
        var options = new ServeOptions(Urls: "http://127.0.0.1:0", Data: store is null ? Path.Combine(_folder.FullName, "chats.db") : null, store, durableWindow);

        // Without a store there is nowhere to read again what was dropped to save memory.
        var memory = store is null ? 4L << 30 : 256L << 20;
        string[] settings = [$"DurableChat:Feeds:TotalBytes={memory}", "Http:MaxStreamsPerOwner=1000000", "Http:Limits:MaxConnections=0", "Logging:LogLevel:Default=Warning"];
        _app = ServerApplication.Build(options, settings);
        await _app.StartAsync();
        var feeds = _app.Services.GetRequiredService<FeedRegistry>();
        for (var chat = 0; chat < chats; chat++)
        {
            _chats.Add(new ChatPublisher(feeds, IdOf(chat), store is null ? null : _app.Services.GetRequiredService<IChatStore>(), TimeProvider.System));
        }

        return new Uri(_app.Urls.First()).Port;
    }

    /// <inheritdoc/>
    public void Publish(EventKind kind, int chat) => _chats[chat].Publish(kind, Stopwatch.GetTimestamp());

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }
}

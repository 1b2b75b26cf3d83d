using System.Collections.Concurrent;
using DurableChat.ScaleTest.Measuring;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Lab.Running;

/// <summary>Servers of one attack, tokens of those who work and of those who attack, and what was found.</summary>
internal sealed class Arena : IAsyncDisposable
{
    /// <summary>What all feeds may hold: less than the default, so that attacks exceed it.</summary>
    public const long FeedBytes = 64L << 20;

    /// <summary>The default of what bodies under way may hold.</summary>
    public const long BodyBytes = 128L << 20;

    /// <summary>The model that answers those who work.</summary>
    public const string QuickModel = "quick";

    private const int QuietOwners = 4;
    private const int Attackers = 8;
    private readonly ConcurrentDictionary<string, bool> _findings = new(StringComparer.Ordinal);
    private readonly List<ReplicaProcess> _servers = [];
    private readonly AttackSetup _setup;
    private ArenaAddress? _address;
    private OwnerTokens _tokens = new("", []);

    private Arena(AttackSetup setup, AttackScale scale)
    {
        (_setup, Scale) = (setup, scale);
        Http = new OwnerClient(() => Url, TimeProvider.System);
        Attacker = new AttackClient(this);
    }

    public AttackScale Scale { get; }

    /// <summary>Files of the attack; the database is among them.</summary>
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("durablechat-lab-");

    public string Database => Path.Combine(Folder.FullName, "data", "chats.db");

    /// <summary>The first server is the one that is attacked. Empty in the process of an attack.</summary>
    public IReadOnlyList<ReplicaProcess> Servers => _servers;

    public Uri Url => _address?.Url ?? _servers[0].Url;

    /// <summary>What another process needs to attack these servers.</summary>
    public ArenaAddress Address => _address ?? new ArenaAddress(Url, Postgres?.ConnectionString, _tokens);

    public PostgresProcess? Postgres { get; private set; }

    /// <summary>Sends single requests of any owner.</summary>
    public OwnerClient Http { get; }

    /// <summary>Sends the requests of the attack, and counts what comes of them.</summary>
    public AttackClient Attacker { get; }

    public Tally Tally { get; } = new();

    public string OperatorToken => _tokens.Operator;

    public IReadOnlyList<string> QuietTokens => [.. _tokens.Owners.Take(QuietOwners)];

    public IReadOnlyList<string> AttackerTokens => [.. _tokens.Owners.Skip(QuietOwners)];

    public IReadOnlyList<string> Findings => [.. _findings.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What all servers together may hold, beside what they held before the attack.</summary>
    public long MoreBytes => _servers.Count * (FeedBytes + BodyBytes + _setup.MoreBytes);

    public static async Task<Arena> StartAsync(
        AttackSetup setup,
        AttackScale scale,
        CancellationToken cancellationToken)
    {
        var arena = new Arena(setup, scale);
        try
        {
            await arena.StartServersAsync(cancellationToken);
            return arena;
        }
        catch
        {
            await arena.DisposeAsync();
            throw;
        }
    }

    /// <summary>Servers that another process has started.</summary>
    public static Arena At(ArenaAddress address, AttackScale scale) =>
        new(new AttackSetup(), scale) { _address = address, _tokens = address.Tokens };

    /// <summary>Notes that something is not as it must be. The same sentence counts once.</summary>
    public void Expect(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            _findings[otherwise] = true;
        }
    }

    public ProcessUsage Usage() => ProcessUsage.Of(_servers.Select(server => server.Id).OfType<int>());

    public async Task<PrometheusText> MetricsAsync(CancellationToken cancellationToken)
    {
        using var api = new ChatApi(OperatorToken, TimeProvider.System);
        return PrometheusText.Read([await api.MetricsAsync(Url, cancellationToken)]);
    }

    /// <summary>Creates a chat; gives its id, or null if it was refused.</summary>
    public async Task<string?> CreateChatAsync(string token, object body, CancellationToken cancellationToken)
    {
        var (status, answer, _) = await Http.SendAsync(token, HttpMethod.Post, "chats", body, cancellationToken);
        return status == 201 ? answer.GetProperty("id").GetString() : null;
    }

    /// <summary>Waits until a chat has a status; false if it did not come to it in time.</summary>
    public async Task<bool> WaitForAsync(
        string token,
        string chat,
        Func<string, bool> isWanted,
        CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(1))
        {
            var (status, answer, _) = await Http.SendAsync(
                token, HttpMethod.Get, $"chats/{chat}", null, cancellationToken);
            if (status == 200 && isWanted(answer.GetProperty("status").GetString()!))
            {
                return true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Attacker.Dispose();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await (Postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
        Folder.Delete(recursive: true);
    }

    private async Task StartServersAsync(CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>
        {
            ["Models__0__Name"] = "default",
            ["Models__0__Provider"] = "demo",
            ["Models__0__DelayMs"] = "0",
            ["Models__1__Name"] = QuickModel,
            ["Models__1__Provider"] = "demo",
            ["Models__1__DelayMs"] = "0",
            ["DurableChat__Feeds__TotalBytes"] = $"{FeedBytes}",
            ["Logging__LogLevel__Default"] = "Warning",
        };
        _tokens = OwnerTokens.AddTo(settings, QuietOwners + Attackers);
        foreach (var (name, value) in _setup.Settings)
        {
            settings[name] = value;
        }

        if (_setup.SecondReplica is { } second)
        {
            Postgres = await PostgresProcess.StartAsync(isDurable: true, cancellationToken);
            Add(settings, Postgres.ConnectionString);
            Add(new Dictionary<string, string>([
                .. settings.Where(setting => !second.ContainsKey(setting.Key)), .. second,
            ]), Postgres.ConnectionString);
        }
        else
        {
            Add(settings, Database);
        }

        foreach (var server in _servers)
        {
            await server.StartAsync(cancellationToken);
        }

        void Add(Dictionary<string, string> own, string store) =>
            _servers.Add(new ReplicaProcess($"server {_servers.Count + 1}", ["--store", store], own, Folder.FullName)
            {
                Traits = _setup.Traits,
                Program = _setup.Program,
            });
    }
}

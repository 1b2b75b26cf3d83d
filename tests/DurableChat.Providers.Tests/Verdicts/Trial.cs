using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Tests.Turns;
using DurableChat.Tests.Support;
using DurableChat.Workers;

namespace DurableChat.Providers.Tests.Verdicts;

/// <summary>A replica whose model is behind a strict fake of a provider: whole turns, as an owner has them.</summary>
internal sealed class Trial
{
    private readonly FakeStore _store = new();
    private readonly Node _node;
    private ChatId? _id;
    private int _toolRuns;

    public Trial(TestedProvider provider)
    {
        Side = new StrictSide(provider.Options);
        Network = new Trouble(Side.Provider);
        IModelClient? model = null;
        var lazy = new ScriptedModelClient((_, request, token) => (model ??= Side.Over(Network, _node!.Time)).StreamAsync(request, token));
        var settings = provider.Settings ?? Side.Thinking;
        _node = new Node(
            _store,
            lazy,
            worker: new WorkerOptions { SystemPrompt = "Be brief." },
            define: definition => definition with { Settings = settings },
            functions: StrictSide.Tools(() => Interlocked.Increment(ref _toolRuns)));
        Network.Time = _node.Time;
    }

    public StrictSide Side { get; }

    public Trouble Network { get; }

    public TimeProvider Time => _node.Time;

    public int ToolRuns => _toolRuns;

    public DurableChat.Chats.Chat Chat => _store.State(_id!.Value);

    public IReadOnlyList<Message> History => _store.History(_id!.Value);

    public IEnumerable<Message> Answers => History.Where(message => message.Role == MessageRole.Assistant);

    /// <summary>Says something, and lets time pass until it is answered.</summary>
    public async Task SayAsync(IEnumerable<string> answers, TimeSpan? step = null)
    {
        Side.Script(answers);
        if (_id is { } id)
        {
            await _node.ExecuteAsync(id, new SendMessage("More?"));
        }
        else
        {
            _id = await _node.CreateAsync();
        }

        await Eventually.AdvanceUntilAsync(_node.Time, Eventually.IsAsync(() => !Chat.NeedsWorker), step ?? TimeSpan.FromSeconds(1));
    }
}

using System.Collections.Concurrent;
using System.Text;
using DurableChat.Lab.Running;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Lab.Quiet;

/// <summary>
/// Owners who work as usual: at a steady rate they send messages to chats of their own, each a turn, and read these
/// chats. They remember what was acknowledged. Times count from the moment in which a request was
/// due, so that a server that stands still does not make the rate lower.
/// </summary>
internal sealed class QuietOwners(Arena arena)
{
    private const int ChatsOfOwner = 3;
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(20);
    private readonly List<(string Token, string Chat)> _chats = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _acknowledged = new(StringComparer.Ordinal);
    private int _step;

    public int Acknowledged => _acknowledged.Values.Sum(chat => chat.Count);

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        foreach (var token in arena.QuietTokens.SelectMany(token => Enumerable.Repeat(token, ChatsOfOwner)))
        {
            const string Beginning = "the beginning";
            var chat = await arena.CreateChatAsync(token, new
            {
                content = Beginning,
                model = Arena.QuickModel,
            }, cancellationToken) ?? throw new InvalidOperationException("A chat could not be created.");
            _chats.Add((token, chat));
            _acknowledged[chat] = new([Beginning]);
        }
    }

    /// <summary>Works for at least a time, and until something has ended.</summary>
    public async Task WorkAsync(QuietTimes times, TimeSpan atLeast, Task until, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        var busy = MachineBusy.Read();
        var sending = new List<Task>();
        for (var sent = 0; TimeProvider.System.GetElapsedTime(began) is var elapsed
            && (elapsed < atLeast || !until.IsCompleted); sent++)
        {
            var due = sent * _interval;
            if (due > elapsed)
            {
                await Task.Delay(due - elapsed, TimeProvider.System, cancellationToken);
            }

            sending.Add(StepAsync(times, began, due, cancellationToken));
        }

        await Task.WhenAll(sending);
        times.Busy = MachineBusy.Share(busy, MachineBusy.Read());
    }

    /// <summary>
    /// Waits until all turns have ended; gives how many acknowledged messages are not in the histories, and notes those
    /// that were never sent.
    /// </summary>
    public async Task<int> CountLostAsync(CancellationToken cancellationToken)
    {
        var lost = 0;
        foreach (var (token, chat) in _chats)
        {
            arena.Expect(
                await arena.WaitForAsync(token, chat, status => status == "waiting", cancellationToken),
                "A chat of another owner did not come to rest.");
            using var api = new ChatApi(token, TimeProvider.System);
            var history = await api.HistoryAsync(arena.Url, chat, cancellationToken);
            var texts = history.Where(message => message.IsUser)
                .Select(message => Encoding.UTF8.GetString(message.Text.Span))
                .ToList();
            lost += _acknowledged[chat].Except(texts, StringComparer.Ordinal).Count();
            arena.Expect(
                texts.Count == texts.Distinct(StringComparer.Ordinal).Count(), "A message stands in a history twice.");
            arena.Expect(
                texts.TrueForAll(text => text.StartsWith("the ", StringComparison.Ordinal)),
                "A history has a message that its owner did not send.");
        }

        return lost;
    }

    private async Task StepAsync(QuietTimes times, long began, TimeSpan due, CancellationToken cancellationToken)
    {
        var step = Interlocked.Increment(ref _step);
        var (token, chat) = _chats[step / 2 % _chats.Count];
        var isCommit = step % 2 == 0;
        var text = $"the message {step}";
        var (status, _, _) = isCommit
            ? await arena.Http.SendAsync(
                token,
                HttpMethod.Post,
                $"chats/{chat}/messages",
                new { content = text, model = Arena.QuickModel },
                cancellationToken)
            : await arena.Http.SendAsync(token, HttpMethod.Get, $"chats/{chat}", null, cancellationToken);
        (isCommit ? times.Commits : times.Reads).Record(TimeProvider.System.GetElapsedTime(began) - due);
        if (status is < 200 or >= 300)
        {
            times.Refuse(status);
        }
        else if (isCommit)
        {
            _acknowledged[chat].Enqueue(text);
        }
    }
}

using System.Text.Json;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>
/// One owner who takes what it can get: chats with large client tools, created without end, queues that are kept full
/// of large messages, and renames of those chats.
/// </summary>
internal sealed class Abuser(OwnerClient http, string token, int maxCreations, TimeProvider time)
{
    private const int Workers = 16;
    private const int FullChats = 60;
    private const int MessageBytes = 32 * 1024;
    private const int Tools = 8;
    private const int ToolBytes = 12 * 1024;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    // Made once: what the abuser computes must not take the processor from those whom it is to disturb by its requests
    // alone.
    private static readonly byte[] _creation = JsonSerializer.SerializeToUtf8Bytes(new
    {
        content = "Go.",
        client_tools = Enumerable.Range(0, Tools).Select(number => new
        {
            name = $"tool_{number}",
            description = new string('x', ToolBytes),
            parameters = new { type = "object" },
        }),
    });

    private static readonly byte[] _message = JsonSerializer.SerializeToUtf8Bytes(
        new { content = new string('x', MessageBytes), busy_behavior = "queue" });
    private readonly List<string> _chats = [];
    private readonly Lock _lock = new();
    private int _step;
    private int _creating;
    private int _created;
    private int _sent;
    private int _renamed;
    private int _refused;

    public int Created => Volatile.Read(ref _created);

    public int Sent => Volatile.Read(ref _sent);

    public int Renamed => Volatile.Read(ref _renamed);

    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Goes on until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(cancellationToken)));

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (!await StepAsync(Interlocked.Increment(ref _step), cancellationToken))
                {
                    Interlocked.Increment(ref _refused);
                    await Task.Delay(_pause, time, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Of ten steps seven create, two fill a queue and one renames; when enough was created, the others take its place.
    /// </summary>
    private async Task<bool> StepAsync(int step, CancellationToken cancellationToken)
    {
        var (kind, chat) = (step % 10, Chat(step));
        if ((chat is null || kind < 7) && Interlocked.Increment(ref _creating) <= maxCreations)
        {
            var isCreated = await CreateAsync(cancellationToken);
            Interlocked.Add(ref _creating, isCreated ? 0 : -1);
            return isCreated;
        }

        if (chat is null)
        {
            return false;
        }

        var isRename = kind % 3 == 0;
        var (status, _, _) = isRename
            ? await http.SendAsync(
                token, HttpMethod.Patch, $"chats/{chat}", new { title = $"Title {step}" }, cancellationToken)
            : await http.SendAsync(token, HttpMethod.Post, $"chats/{chat}/messages", _message, cancellationToken);
        return Count(status, ref isRename ? ref _renamed : ref _sent);
    }

    private async Task<bool> CreateAsync(CancellationToken cancellationToken)
    {
        var (status, answer, _) = await http.SendAsync(token, HttpMethod.Post, "chats", _creation, cancellationToken);
        var isDone = Count(status, ref _created);
        if (isDone)
        {
            lock (_lock)
            {
                _chats.Add(answer.GetProperty("id").GetString()!);
            }
        }

        return isDone;
    }

    /// <summary>One of the chats whose queues are kept full; null while there is none.</summary>
    private string? Chat(int number)
    {
        lock (_lock)
        {
            return _chats.Count == 0 ? null : _chats[number % Math.Min(_chats.Count, FullChats)];
        }
    }

    private static bool Count(int status, ref int counter)
    {
        var isDone = status is >= 200 and < 300;
        if (isDone)
        {
            Interlocked.Increment(ref counter);
        }

        return isDone;
    }
}

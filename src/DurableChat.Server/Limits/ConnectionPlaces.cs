using Microsoft.AspNetCore.Connections;

namespace DurableChat.Server.Limits;

/// <summary>
/// Counts the open connections, WebSockets and those that never say anything included. One more than there may be takes
/// the place of another that has no request; if all have a request, it is closed. Strangers give way first, which are
/// connections without an authenticated request so far, and of them the one that has had no request for longest. So
/// thousands of silent connections keep no one out. While strangers without a request have less than half of the
/// places, a connection of a user gives way: few strangers would push each other out before they are heard.
/// Thread-safe.
/// </summary>
internal sealed partial class ConnectionPlaces
{
    private readonly Lock _gate = new();

    /// <summary>Those without a request, longest first. Guarded by <see cref="_gate"/>, as is the next.</summary>
    private readonly LinkedList<ConnectionPlace> _strangers = new();
    private readonly LinkedList<ConnectionPlace> _users = new();
    private readonly ILogger<ConnectionPlaces> _logger;
    private readonly long? _files;
    private readonly int _room;
    private int _open;

    /// <summary>Makes them.</summary>
    /// <param name="limits">What is configured.</param>
    /// <param name="options">Says how many turns may run.</param>
    /// <param name="logger">Logs how many there may be.</param>
    public ConnectionPlaces(HttpLimits limits, DurableChatOptions options, ILogger<ConnectionPlaces> logger)
        : this(limits.MaxConnections, OpenFiles.Limit, options.Worker.MaxConcurrentTurns, logger)
    {
    }

    /// <summary>Makes them.</summary>
    public ConnectionPlaces(int? configured, long? openFiles, int turns, ILogger<ConnectionPlaces> logger)
    {
        (_logger, _files) = (logger, openFiles);
        _room = openFiles is { } files ? OpenFiles.ConnectionsFor(files, turns) : 0;
        Most = configured ?? _room;
    }

    /// <summary>How many there may be; 0 for any number.</summary>
    public int Most { get; }

    /// <summary>How many there are.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open;
            }
        }
    }

    /// <summary>Says how many there may be, and warns if that cannot be.</summary>
    public void Report()
    {
        if (_files is not { } files)
        {
            return;
        }

        LogMost(Most, files);
        if (files < OpenFiles.Fewest)
        {
            LogFewFiles(files, OpenFiles.Fewest);
        }

        if (Most == 0 || Most > _room)
        {
            LogTooMany(Most, files, _room);
        }
    }

    /// <summary>Notes that a request runs.</summary>
    public async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<ConnectionPlace>() is not { } place)
        {
            await next(context);
            return;
        }

        Begin(place);
        try
        {
            await next(context);
        }
        finally
        {
            End(place, context.User.Identity is { IsAuthenticated: true });
        }
    }

    /// <summary>Takes a place, if need be that of another; null if all have requests.</summary>
    public ConnectionPlace? TryEnter(ConnectionContext connection)
    {
        var place = new ConnectionPlace(connection);
        ConnectionPlace? other = null;
        lock (_gate)
        {
            if (_open >= Most)
            {
                if (NextToGoLocked() is not { } longest)
                {
                    return null;
                }

                other = longest.Value;
                LeaveLocked(other);
            }

            _open++;
            _strangers.AddLast(place.Idle);
        }

        // The transport closes the socket within this call.
        other?.Connection.Abort(
            new ConnectionAbortedException("The connection had no request, and its place was needed."));
        return place;
    }

    /// <summary>A request of a connection begins.</summary>
    public void Begin(ConnectionPlace place)
    {
        lock (_gate)
        {
            place.Requests++;
            place.Idle.List?.Remove(place.Idle);
        }
    }

    /// <summary>A request of a connection has ended.</summary>
    public void End(ConnectionPlace place, bool isAuthenticated)
    {
        lock (_gate)
        {
            place.Requests--;
            place.IsKnown |= isAuthenticated;
            if (place is { Requests: 0, IsGone: false })
            {
                (place.IsKnown ? _users : _strangers).AddLast(place.Idle);
            }
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(ConnectionPlace place)
    {
        lock (_gate)
        {
            LeaveLocked(place);
        }
    }

    private LinkedListNode<ConnectionPlace>? NextToGoLocked() =>
        _strangers.Count < Most / 2 ? _users.First ?? _strangers.First : _strangers.First ?? _users.First;

    private void LeaveLocked(ConnectionPlace place)
    {
        if (place.IsGone)
        {
            return;
        }

        place.IsGone = true;
        _open--;
        place.Idle.List?.Remove(place.Idle);
    }

    [LoggerMessage(
        1,
        LogLevel.Information,
        "At most {Most} connections may be open at once (0: any number); the process may have {Files} files open")]
    private partial void LogMost(int most, long files);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "The process may have only {Files} files open. Raise the limit to {Fewest} at least (systemd: LimitNOFILE; "
            + "shell: ulimit -n; containers: ulimits)")]
    private partial void LogFewFiles(long files, long fewest);

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "Http:Limits:MaxConnections is {Most}, and the process may have {Files} files open, which is room for {Room} "
            + "connections. Lower it, or raise the limit of open files")]
    private partial void LogTooMany(int most, long files, int room);
}

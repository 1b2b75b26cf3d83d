using System.Net;
using System.Runtime.CompilerServices;
using DurableChat.Client.Calls;

namespace DurableChat.Client.Streams;

/// <summary>
/// Follows a stream over as many connections as it takes.
/// <code>
///   connect ─▶ read ─▶ pass on what the guard lets through ─┐
///     ▲          │ ends, breaks, is silent, has a gap        │
///     └─ pause ◀─┴──────────────────◀────────────────────────┘
/// </code>
/// </summary>
internal static class EventStream
{
    /// <summary>
    /// The next connection closes a gap, because it starts after the last event that was passed on. Several gaps in a
    /// row indicate a server error.
    /// </summary>
    private const int MaxGapsInARow = 5;

    public static async IAsyncEnumerable<ChatEvent> FollowAsync(
        Api api,
        string path,
        IStreamGuard guard,
        FollowOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var outage = new Outage(api.Options, options.MaxOutage ?? api.Options.MaxOutage);
        var passed = new List<ChatEvent>();
        var gaps = 0;
        while (true)
        {
            await using var attempt = await Attempt.OpenAsync(api, path, guard, cancellationToken)
                .ConfigureAwait(false);
            while (await attempt.NextAsync(cancellationToken).ConfigureAwait(false) is { } next)
            {
                if (!guard.TryTake(next, passed))
                {
                    if (++gaps == MaxGapsInARow)
                    {
                        throw new DurableChatException(
                            "stream_gap", "The server leaves out events, however often it is asked.");
                    }

                    break;
                }

                outage.End();
                foreach (var ready in passed)
                {
                    // A state or progress event says nothing about the gap: every connection sends them.
                    gaps = ready is StateEvent or ToolProgressEvent ? gaps : 0;
                    yield return ready;
                }
            }

            var loss = outage.Next(attempt.Failure);
            options.OnLost?.Invoke(loss);
            await Task.Delay(loss.Pause, api.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One connection and its failure, if it failed.</summary>
    private sealed class Attempt : IAsyncDisposable
    {
        private EventConnection? _connection;

        public Exception? Failure { get; private set; }

        public static async Task<Attempt> OpenAsync(
            Api api,
            string path,
            IStreamGuard guard,
            CancellationToken cancellationToken)
        {
            var attempt = new Attempt();
            try
            {
                attempt._connection = await EventConnection.OpenAsync(api, path, guard, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is StreamRefusedException
                || Api.IsBroken(exception, cancellationToken))
            {
                attempt.Failure = exception;
            }

            return attempt;
        }

        public async ValueTask<ChatEvent?> NextAsync(CancellationToken cancellationToken)
        {
            try
            {
                return _connection is null ? null : await _connection.NextAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (Api.IsBroken(exception, cancellationToken))
            {
                Failure = exception;
                return null;
            }
        }

        public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>Counts failures since the last event, and decides how long to wait or when to give up.</summary>
    private sealed class Outage(DurableChatClientOptions options, TimeSpan? longest)
    {
        private int _failures;
        private int _refusals;
        private long _since;

        public void End() => (_failures, _refusals) = (0, 0);

        public StreamLoss Next(Exception? failure)
        {
            if (_failures++ == 0)
            {
                _since = options.TimeProvider.GetTimestamp();
            }

            var refused = failure as StreamRefusedException;
            if (refused is not null && IsFinal(refused.Refusal.Status))
            {
                throw refused.Refusal;
            }

            var cause = refused?.Refusal ?? failure;
            if (longest is { } most
                && most != Timeout.InfiniteTimeSpan
                && options.TimeProvider.GetElapsedTime(_since) >= most)
            {
                throw new DurableChatException(
                    "stream_lost", "The stream could not be opened again for too long.", cause)
                { IsRetryable = true };
            }

            return new StreamLoss(
                _failures, Backoff.Delay(options, _failures, refused?.RetryAfter, Random.Shared.NextDouble()), cause);
        }

        /// <summary>
        /// A token may expire during a stream, so the token provider gets one chance to supply a new one.
        /// </summary>
        private bool IsFinal(HttpStatusCode? status) =>
            status is { } code
                && (int)code is >= 400 and < 500
                && !Api.Passes(code)
                && !(code == HttpStatusCode.Unauthorized && options.GetToken is not null && _refusals++ == 0);
    }
}

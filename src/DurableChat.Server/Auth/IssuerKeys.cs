using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace DurableChat.Server.Auth;

/// <summary>
/// What is known of an issuer. Requests use what is known and never wait for a reading, except those that cannot be
/// answered without: while nothing is known yet, and of a token whose key is not known.
/// <code>
/// nothing known ──▶ read, and wait ──▶ known ──▶ older than the refresh interval: read meanwhile
///                                        └─────▶ a token with an unknown key: read if that was not done
///                                                a moment ago, and let this token alone wait
/// </code>
/// So neither a slow issuer nor made-up tokens hold up users whose keys are known. One reading is under way at most.
/// Thread-safe.
/// </summary>
internal sealed class IssuerKeys(string address, IDocumentRetriever documents, TimeSpan refreshInterval,
    TimeProvider time) : IConfigurationManager<OpenIdConnectConfiguration>
{
    /// <summary>How often tokens with unknown keys may make the server ask the issuer.</summary>
    public static readonly TimeSpan UnknownKeyPause = TimeSpan.FromSeconds(10);

    /// <summary>How often it is asked at all, e.g. while it is away.</summary>
    public static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    // Guarded by _gate.
    private Task<OpenIdConnectConfiguration>? _reading;
    private OpenIdConnectConfiguration? _known;
    private long _readAt;
    private long? _askedAt;
    private long? _wishedAt;

    /// <summary>What is known; waits only if that is nothing.</summary>
    /// <exception cref="IssuerAwayException">Nothing is known, and the issuer does not tell.</exception>
    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            if (_known is { } known)
            {
                if (time.GetElapsedTime(_readAt) >= refreshInterval)
                {
                    TryReadLocked(ShortestPause);
                }

                return Task.FromResult(known);
            }

            TryReadLocked(ShortestPause);
            return _reading!.WaitAsync(cancel);
        }
    }

    /// <summary>Asks the issuer because of a token whose key is not known, if that was not done a moment ago;
    /// completes when nothing more is to be learned of it now.</summary>
    /// <param name="keyId">The key's name; null if the token names none.</param>
    /// <param name="cancel">Ends the wait.</param>
    public Task LearnAsync(string? keyId, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (keyId is null || _known is null || _known.SigningKeys.Any(key => key.KeyId == keyId))
            {
                return Task.CompletedTask;
            }

            WishLocked();
            return _reading!.WaitAsync(cancel);
        }
    }

    /// <inheritdoc/>
    public void RequestRefresh()
    {
        lock (_gate)
        {
            WishLocked();
        }
    }

    private void WishLocked()
    {
        if (_wishedAt is not { } before || time.GetElapsedTime(before) >= UnknownKeyPause)
        {
            _wishedAt = time.GetTimestamp();
            TryReadLocked(TimeSpan.Zero);
        }
    }

    private void TryReadLocked(TimeSpan pause)
    {
        if (_reading is null or { IsCompleted: true }
            && (_askedAt is not { } before || time.GetElapsedTime(before) >= pause))
        {
            _askedAt = time.GetTimestamp();
            _reading = Task.Run(ReadAsync);

            // Whoever does not wait for it does not see it fail.
            _reading.ContinueWith(
                static failed => _ = failed.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
        }
    }

    private async Task<OpenIdConnectConfiguration> ReadAsync()
    {
        try
        {
            var read = await OpenIdConnectConfigurationRetriever.GetAsync(address, documents, CancellationToken.None);
            if (read.SigningKeys.Count == 0)
            {
                throw new IssuerAwayException("The issuer names no keys.", null);
            }

            lock (_gate)
            {
                (_known, _readAt) = (read, time.GetTimestamp());
            }

            return read;
        }
        catch (Exception exception) when (exception is not IssuerAwayException)
        {
            throw new IssuerAwayException("The issuer does not tell its keys.", exception);
        }
    }
}

/// <summary>Nothing can be said of a token, because nothing is known of its issuer.</summary>
internal sealed class IssuerAwayException(string message, Exception? cause) : Exception(message, cause);

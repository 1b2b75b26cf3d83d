using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace DurableChat.Server.Auth;

/// <summary>
/// The metadata and keys of an issuer. Requests use the known metadata without waiting. Two exceptions wait for a read:
/// all requests while nothing is known yet, and a request whose token has an unknown key.
/// <code>
/// nothing known ──▶ read, and wait ──▶ known ──▶ older than the refresh interval: read in the background
///                                        └─────▶ a token with an unknown key: read unless that has just been
///                                                done; only this token waits
/// </code>
/// So neither a slow issuer nor invented tokens delay users whose keys are known. At most one read is in progress.
/// Thread-safe.
/// </summary>
internal sealed class IssuerKeys(string address, IDocumentRetriever documents, TimeSpan refreshInterval,
    TimeProvider time) : IConfigurationManager<OpenIdConnectConfiguration>
{
    /// <summary>The minimum time between reads because of unknown keys.</summary>
    public static readonly TimeSpan UnknownKeyPause = TimeSpan.FromSeconds(10);

    /// <summary>The minimum time between any two reads, e.g. while the issuer is unavailable.</summary>
    public static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    // Guarded by _gate.
    private Task<OpenIdConnectConfiguration>? _reading;
    private OpenIdConnectConfiguration? _known;
    private long _readAt;
    private long? _askedAt;
    private long? _wishedAt;

    /// <summary>The known metadata. Waits only if nothing is known.</summary>
    /// <exception cref="IssuerAwayException">Nothing is known, and the issuer does not answer.</exception>
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

    /// <summary>
    /// Reads the issuer's keys because a token's key is unknown, unless that has just been done. Completes when a
    /// further wait would not help.
    /// </summary>
    /// <param name="keyId">The id of the key; null if the token has none.</param>
    /// <param name="cancel">Cancels the wait.</param>
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

            // Observes the exception for callers that do not wait.
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

/// <summary>A token cannot be checked, because nothing is known about its issuer.</summary>
internal sealed class IssuerAwayException(string message, Exception? cause) : Exception(message, cause);

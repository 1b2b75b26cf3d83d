using System.Net.Http.Headers;
using DurableChat.Client;
using Microsoft.AspNetCore.WebUtilities;

namespace DurableChat.Server.Terminal;

/// <summary>The server that a command uses, with explanations of its errors for people. Thread-safe.</summary>
internal sealed class ChatServer : IDisposable
{
    /// <summary>How long a user who waits for an answer waits for the server.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _attempt = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;

    public ChatServer(ClientSettings settings, TimeProvider time)
    {
        _http = new HttpClient { BaseAddress = new Uri(settings.Url, "api/v1/"), Timeout = _attempt };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("durablechat", null));
        if (settings.Token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
        }

        Client = new DurableChatClient(_http, new DurableChatClientOptions { MaxAttempts = int.MaxValue, MaxRetryTime = Patience, MaxDelay = _longestPause, TimeProvider = time });
    }

    public DurableChatClient Client { get; }

    /// <summary>
    /// True for the exceptions that <see cref="Client"/> throws if the server refuses or cannot be reached.
    /// </summary>
    public static bool IsFailure(Exception exception) => exception is DurableChatException or HttpRequestException;

    /// <summary>Stops the running turn, if there is one.</summary>
    public async Task StopAsync(string chat, CancellationToken cancellationToken)
    {
        try
        {
            await Client.InterruptAsync(chat, cancellationToken: cancellationToken);
        }
        catch (DurableChatException exception) when (exception.Code == "not_running")
        {
            // The turn has just ended.
        }
    }

    /// <summary>Explains a failure to the user.</summary>
    public string Explain(Exception failure) => failure switch
    {
        DurableChatException { Code: "stream_lost", InnerException: { } cause } => Explain(cause),
        DurableChatException { Code: "bad_response", InnerException: var cause } => $"{_http.BaseAddress} gave an answer that cannot be understood: {cause?.Message ?? "null"}",
        DurableChatException { Status: { } status } proxy when proxy.Code == $"http_{(int)status}" => $"{_http.BaseAddress} answered with {(int)status} {ReasonPhrases.GetReasonPhrase((int)status)}.",
        DurableChatException refusal => refusal.Message,
        OperationCanceledException or { InnerException: OperationCanceledException } => $"{_http.BaseAddress} cannot be reached: it does not answer.",
        _ => $"{_http.BaseAddress} cannot be reached: {failure.Message}",
    };

    public void Dispose() => _http.Dispose();
}

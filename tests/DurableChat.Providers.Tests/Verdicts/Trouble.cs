using System.Net;
using System.Text;

namespace DurableChat.Providers.Tests.Verdicts;

/// <summary>The network before a provider, with whatever goes wrong there.</summary>
internal sealed class Trouble(HttpMessageHandler provider) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _provider = new(provider, disposeHandler: false);

    /// <summary>
    /// What becomes of a request, by its number: given is what the provider would answer. Null for that.
    /// </summary>
    public Func<int, Func<Task<string>>, Task<HttpResponseMessage?>> Carry { get; set; } = (_, _) => Task.FromResult<HttpResponseMessage?>(null);

    /// <summary>When each request came.</summary>
    public List<DateTimeOffset> Times { get; } = [];

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Events from a stream.</summary>
    public static HttpResponseMessage Events(Stream stream)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(stream) };
        response.Content.Headers.ContentType = new("text/event-stream");
        return response;
    }

    /// <summary>Events.</summary>
    public static HttpResponseMessage Events(string text) => Events(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    /// <summary>An error.</summary>
    public static HttpResponseMessage Error(int status, string body, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        int number;
        lock (Times)
        {
            Times.Add(Time.GetUtcNow());
            number = Times.Count;
        }

        return await Carry(number, AnswerAsync) ?? await _provider.SendAsync(request, cancellationToken);

        async Task<string> AnswerAsync()
        {
            using var answer = await _provider.SendAsync(request, cancellationToken);
            return await answer.Content.ReadAsStringAsync(cancellationToken);
        }
    }
}

using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Client;
using Microsoft.Extensions.AI;

// Client URL QUESTION [OTHER-URL]: asks the sample at a URL, and follows the answer there or at another replica.
var (url, question, other) = (args[0], args[1], args.Length > 2 ? args[2] : args[0]);
using var login = new HttpClient();
using var signedIn = await login.PostAsync(new Uri($"{url}/login?name=alice"), null);
var token = (await signedIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
var options = new DurableChatClientOptions { GetToken = _ => new(token) };

using var http = new HttpClient { BaseAddress = new Uri($"{url}/chat") };
var client = new DurableChatClient(http, options);
var chat = await client.CreateChatAsync(new NewChatRequest(question));

using var elsewhere = new HttpClient { BaseAddress = new Uri($"{other}/chat") };
var follower = new DurableChatClient(elsewhere, options);
await FollowAsync(follower, chat.Id);
await AskAgainAsync(follower, chat.Id);

static async Task FollowAsync(DurableChatClient client, string chatId)
{
    await foreach (var next in client.FollowAsync(chatId))
    {
        switch (next)
        {
            case MessagePartEvent { Part.Text: { } text }:
                Console.Write(text);
                break;
            case MessageEvent { Message: { Role: "assistant", FinishReason: not "tool_calls" } answer }:
                Console.WriteLine($"\n[{answer.Text}]");
                return;
            case ErrorEvent { Error: var error }:
                Console.WriteLine($"[{error.Code}: {error.Message}]");
                return;
        }
    }
}

static async Task AskAgainAsync(DurableChatClient client, string chatId)
{
    IChatClient chat = client.AsChatClient();
    await foreach (var update in chat.GetStreamingResponseAsync(
        "once more", new ChatOptions { ConversationId = chatId }))
    {
        Console.Write(update.Text);
    }

    Console.WriteLine();
}

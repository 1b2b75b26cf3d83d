namespace DurableChat.Sqlite;

/// <summary>All SQL of the store except for the migrations.</summary>
internal static class SqliteStatements
{
    public const string LoadChat =
        """
        SELECT owner, title, model, status, archived, version, epoch, last_message_id, lease_replica, lease_token, last_lease_token,
               created_at, updated_at, client_tools, state, commit_id, next_model, settings
        FROM chats WHERE id = $id
        """;

    public const string LoadQueue =
        "SELECT id, content, created_at, model, settings FROM queued_messages WHERE chat_id = $id";

    public const string InsertChat =
        """
        INSERT INTO chats (id, owner, title, model, status, archived, version, epoch, last_message_id, lease_replica, lease_token, last_lease_token,
                           created_at, updated_at, client_tools, state, commit_id, next_model, settings)
        SELECT $id, $owner, $title, $model, $status, $archived, $version, $epoch, $last_message_id, $lease_replica, $lease_token, $last_lease_token,
               $created_at, $updated_at, $client_tools, $state, $commit_id, $next_model, $settings
        WHERE NOT EXISTS (SELECT 1 FROM deleted_chats WHERE id = $id)
          AND ($max_chats IS NULL OR (SELECT count(*) FROM (SELECT 1 FROM chats WHERE owner = $owner LIMIT ifnull($max_chats, 0))) < $max_chats)
        ON CONFLICT (id) DO NOTHING
        """;

    /// <summary>
    /// True if a chat with this id exists or existed. Then that is why a new one was not inserted, and not the limit on
    /// chats.
    /// </summary>
    public const string IsKnownId =
        "SELECT EXISTS (SELECT 1 FROM chats WHERE id = $id) OR EXISTS (SELECT 1 FROM deleted_chats WHERE id = $id)";

    public const string UpdateChat =
        """
        UPDATE chats SET title = $title, model = $model, status = $status, archived = $archived, version = $version, epoch = $epoch,
                         last_message_id = $last_message_id, lease_replica = $lease_replica, lease_token = $lease_token,
                         last_lease_token = $last_lease_token, updated_at = $updated_at, state = $state,
                         commit_id = $commit_id
        WHERE id = $id AND version = $expected_version AND commit_id = $expected_commit_id AND ($fencing_token IS NULL OR lease_token = $fencing_token)
        """;

    /// <summary>Runs after <see cref="UpdateChat"/> in the few commits that change settings.</summary>
    public const string UpdateSettings =
        "UPDATE chats SET next_model = $next_model, settings = $settings WHERE id = $id";

    public const string RemoveCheckpoints = "DELETE FROM checkpoints WHERE chat_id = $id";

    /// <summary>
    /// The rows are a JSON array of chat, token, generation, first number and body. Those whose token is not that of
    /// the chat's lease are refused.
    /// </summary>
    public const string WriteCheckpoints =
        """
        INSERT INTO checkpoints (chat_id, generation, first_seq, written_at, body)
        SELECT c.id, r.value ->> 2, r.value ->> 3, $now, r.value ->> 4
        FROM json_each($rows) r CROSS JOIN chats c ON c.id = r.value ->> 0 AND c.lease_token = r.value ->> 1
        WHERE true
        ON CONFLICT (chat_id, generation, first_seq) DO UPDATE SET written_at = excluded.written_at, body = excluded.body
        """;

    public const string ReadCheckpoint =
        "SELECT body FROM checkpoints WHERE chat_id = $id AND generation = $generation ORDER BY first_seq";

    /// <summary>The table holds little more than the answers in flight, so it needs no index for this.</summary>
    public const string RemoveExpiredCheckpoints =
        "DELETE FROM checkpoints WHERE rowid IN (SELECT rowid FROM checkpoints WHERE written_at <= $expired_at "
            + "LIMIT $limit)";

    public const string RemoveMessages = "DELETE FROM messages WHERE chat_id = $id AND id >= $from";

    public const string InsertMessage =
        "INSERT INTO messages (chat_id, id, previous_id, role, created_at, body) VALUES ($chat_id, $id, $previous_id, "
            + "$role, $created_at, $body)";

    public const string InsertQueued =
        """
        INSERT INTO queued_messages (chat_id, id, content, created_at, model, settings)
        VALUES ($chat_id, $id, $content, $created_at, $model, $settings)
        """;

    public const string RemoveQueued = "DELETE FROM queued_messages WHERE chat_id = $chat_id AND id = $id";

    /// <summary>A sum is null until the first count is given.</summary>
    public const string AddUsage =
        """
        INSERT INTO usage (owner, day, model, requests, input, output, cache_read, cache_write, reasoning, cost)
        VALUES ($owner, $day, $model, 1, $input, $output, $cache_read, $cache_write, $reasoning, $cost)
        ON CONFLICT (owner, day, model) DO UPDATE SET
            requests = requests + 1,
            input = input + excluded.input,
            output = output + excluded.output,
            cache_read = coalesce(cache_read + excluded.cache_read, cache_read, excluded.cache_read),
            cache_write = coalesce(cache_write + excluded.cache_write, cache_write, excluded.cache_write),
            reasoning = coalesce(reasoning + excluded.reasoning, reasoning, excluded.reasoning),
            cost = coalesce(cost + excluded.cost, cost, excluded.cost)
        """;

    public const string ReadUsage =
        """
        SELECT day, model, requests, input, output, cache_read, cache_write, reasoning, cost FROM usage
        WHERE owner = $owner AND day BETWEEN $from AND $to ORDER BY day, model
        """;

    public const string FindKey =
        "SELECT fingerprint, outcome, created_at FROM idempotency_keys WHERE chat_id = $chat_id AND key = $key AND "
            + "created_at > $expired_at";

    /// <summary>Changes no row if the key is in use. An expired key is taken over.</summary>
    public const string ClaimKey =
        """
        INSERT INTO idempotency_keys (chat_id, key, fingerprint, outcome, created_at) VALUES ($chat_id, $key, $fingerprint, $outcome, $created_at)
        ON CONFLICT (chat_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, outcome = excluded.outcome, created_at = excluded.created_at
        WHERE created_at <= $expired_at
        """;

    public const string RemoveKey = "DELETE FROM idempotency_keys WHERE chat_id = $chat_id AND key = $key";

    public const string ReadHead = "SELECT version, epoch, last_message_id, commit_id FROM chats WHERE id = $id";

    public const string ReadAfter =
        "SELECT id, previous_id, role, created_at, body FROM messages WHERE chat_id = $id AND id > $after ORDER BY id "
            + "LIMIT $limit";

    public const string ReadBefore =
        "SELECT id, previous_id, role, created_at, body FROM messages WHERE chat_id = $id AND id > $after AND id < "
            + "$before ORDER BY id DESC LIMIT $limit";

    public const string ListArchivedOrNot =
        """
        SELECT id, title, coalesce(next_model, model), status, archived, version, last_message_id,
               created_at, updated_at FROM chats
        WHERE owner = $owner AND archived = $archived AND (updated_at, id) < ($after_time, $after_id)
        ORDER BY updated_at DESC, id DESC LIMIT $limit
        """;

    /// <summary>One page, merged from a page of archived and a page of other chats.</summary>
    public const string ListAll =
        """
        SELECT * FROM (
            SELECT id, title, coalesce(next_model, model), status, archived, version, last_message_id,
                   created_at, updated_at FROM chats
            WHERE owner = $owner AND archived = 0 AND (updated_at, id) < ($after_time, $after_id)
            ORDER BY updated_at DESC, id DESC LIMIT $limit)
        UNION ALL
        SELECT * FROM (
            SELECT id, title, coalesce(next_model, model), status, archived, version, last_message_id,
                   created_at, updated_at FROM chats
            WHERE owner = $owner AND archived = 1 AND (updated_at, id) < ($after_time, $after_id)
            ORDER BY updated_at DESC, id DESC LIMIT $limit)
        ORDER BY updated_at DESC, id DESC LIMIT $limit
        """;

    public const string BuryChat =
        "INSERT INTO deleted_chats (id, deleted_at, has_remains) SELECT id, $now, 1 FROM chats WHERE id = $id AND "
            + "($version IS NULL OR version = $version)";

    /// <summary>
    /// Marks an imported id like a deleted one, so that no other chat can use it. The clean-up of deleted chats ignores
    /// the mark.
    /// </summary>
    public const string BeginImport =
        """
        INSERT INTO deleted_chats (id, deleted_at, has_remains) SELECT $id, $now, 2
        WHERE NOT EXISTS (SELECT 1 FROM chats WHERE id = $id) AND NOT EXISTS (SELECT 1 FROM deleted_chats WHERE id = $id)
        """;

    public const string KeepImport = "INSERT INTO deleted_chats (id, deleted_at, has_remains) VALUES ($id, $now, 2)";

    public const string IsImported = "SELECT 1 FROM deleted_chats WHERE id = $id AND has_remains = 2";

    public const string EndImport = "DELETE FROM deleted_chats WHERE id = $id AND has_remains = 2";

    public const string RemoveMessagesOfImports =
        "DELETE FROM messages WHERE chat_id IN (SELECT id FROM deleted_chats WHERE has_remains = 2)";

    public const string RemoveImports = "DELETE FROM deleted_chats WHERE has_remains = 2";

    public const string RemoveChat = "DELETE FROM chats WHERE id = $id";

    public const string FindRemains =
        "SELECT id FROM deleted_chats WHERE has_remains = 1 AND id > $after ORDER BY id LIMIT $limit";

    public const string HasRemains = "SELECT 1 FROM deleted_chats WHERE id = $id AND has_remains = 1";

    /// <summary>Reads the sizes without the bodies.</summary>
    public const string RemoveMessagesOfBuried =
        """
        DELETE FROM messages WHERE rowid IN (
            SELECT rowid FROM (
                SELECT rowid, sum(size) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - size AS earlier
                FROM (SELECT rowid, id, octet_length(body) AS size FROM messages WHERE chat_id = $id ORDER BY id LIMIT $limit))
            WHERE earlier < $bytes)
        """;

    public const string RemoveQueueOfBuried = "DELETE FROM queued_messages WHERE chat_id = $id";

    public const string RemoveKeysOfBuried =
        "DELETE FROM idempotency_keys WHERE rowid IN (SELECT rowid FROM idempotency_keys WHERE chat_id = $id "
            + "LIMIT $limit)";

    /// <summary>Changes a row if nothing remains.</summary>
    public const string EndRemains =
        """
        UPDATE deleted_chats SET has_remains = 0
        WHERE id = $id AND NOT EXISTS (SELECT 1 FROM messages WHERE chat_id = $id) AND NOT EXISTS (SELECT 1 FROM idempotency_keys WHERE chat_id = $id)
        """;

    public const string RemoveExpiredKeysOfAll =
        "DELETE FROM idempotency_keys WHERE rowid IN (SELECT rowid FROM idempotency_keys WHERE created_at <= "
            + "$expired_at ORDER BY created_at LIMIT $limit)";

    public const string RemoveExpiredGravestones =
        "DELETE FROM deleted_chats WHERE id IN (SELECT id FROM deleted_chats WHERE has_remains = 0 AND deleted_at <= "
            + "$expired_at ORDER BY deleted_at LIMIT $limit)";

    public const string FindArchived =
        "SELECT id, archived AND updated_at <= $unchanged_since FROM chats WHERE id > $after ORDER BY id LIMIT $limit";

    /// <summary>The known chats are a JSON array of triples. Where no commit is known, versions are compared.</summary>
    public const string FindChanged =
        """
        SELECT k.value ->> 0, c.version FROM json_each($known) k LEFT JOIN chats c ON c.id = k.value ->> 0
        WHERE c.version IS NOT k.value ->> 1 OR (k.value ->> 2 <> '' AND c.commit_id <> k.value ->> 2)
            OR c.owner <> k.value ->> 3 OR (k.value ->> 4 > 0 AND c.epoch <> k.value ->> 4)
        """;

    /// <summary>A gap longer than half a lease resets <c>on_time_since</c>.</summary>
    public const string Heartbeat =
        """
        INSERT INTO replicas (id, heartbeat_at, on_time_since) VALUES ($id, $now, $now)
        ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at, on_time_since = iif(excluded.heartbeat_at - heartbeat_at <= $gap, on_time_since, excluded.heartbeat_at)
        """;

    public const string Retire = "DELETE FROM replicas WHERE id = $id";

    public const string RetireAll = "DELETE FROM replicas";

    public const string ListReplicas =
        """
        SELECT r.id, r.heartbeat_at, (SELECT count(*) FROM chats c WHERE c.status IN ('running', 'interrupting') AND c.lease_replica = r.id)
        FROM replicas r ORDER BY r.heartbeat_at DESC, r.id LIMIT $limit
        """;

    public const string ListLeases =
        "SELECT id, lease_token, version, status = 'interrupting' FROM chats WHERE status IN ('running', "
            + "'interrupting') AND lease_replica = $id";

    /// <summary>The excluded owners are a JSON array.</summary>
    public const string FindClaimable =
        """
        SELECT c.id, c.owner, c.lease_token, c.updated_at FROM chats c LEFT JOIN replicas r ON r.id = c.lease_replica
        WHERE c.status IN ('running', 'interrupting') AND c.lease_replica IS NOT $id AND (c.updated_at, c.id) > ($after_time, $after_id)
          AND (c.lease_token IS NULL OR r.heartbeat_at IS NULL OR (r.heartbeat_at < $now - $lease
            AND EXISTS (SELECT 1 FROM replicas WHERE id = $id AND heartbeat_at >= $now - $gap AND on_time_since <= $now - $lease)))
          AND c.owner NOT IN (SELECT value FROM json_each($except))
        ORDER BY c.updated_at, c.id LIMIT $limit
        """;
}

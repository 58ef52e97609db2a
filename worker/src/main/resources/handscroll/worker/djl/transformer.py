class Transformer(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Layer norm in fp32: the residual stream stays fp32, only matrix products run in the weights' type.
  def norm(self: __torch__.Transformer, p: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    weight = torch.to(p[torch.add(name, ".weight")], 6)
    bias = torch.to(p[torch.add(name, ".bias")], 6)
    return torch.layer_norm(x, [torch.size(x, -1)], weight, bias)

  def project(self: __torch__.Transformer, p: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    weight = p[torch.add(name, ".weight")]
    return torch.linear(torch.to(x, weight), weight, p[torch.add(name, ".bias")])

  def feed_forward(self: __torch__.Transformer, p: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    h = torch.gelu(self.project(p, torch.add(name, ".widen"), self.norm(p, torch.add(name, ".norm2"), x)))
    return torch.add(x, self.project(p, torch.add(name, ".narrow"), h))

  # Written out, because libtorch's fused attention takes twice as long for heads this narrow.
  def attend(self: __torch__.Transformer, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    scores = torch.matmul(torch.mul(q, SCALE), torch.transpose(k, 2, 3))
    return torch.matmul(torch.softmax(torch.add(scores, mask), -1), v)

  # [n, t, d] to [n, heads, t, d / heads].
  def split_heads(self: __torch__.Transformer, x: Tensor) -> Tensor:
    cut = torch.view(x, [torch.size(x, 0), torch.size(x, 1), HEADS, WIDTH // HEADS])
    return torch.transpose(cut, 1, 2)

  def join_heads(self: __torch__.Transformer, x: Tensor) -> Tensor:
    return torch.reshape(torch.transpose(x, 1, 2), [torch.size(x, 0), torch.size(x, 2), WIDTH])

  # What later patches may know of finished ones: [n, 64] tokens to [n, 64, d], from their own tokens alone.
  # `e` holds the embeddings (fp32 while learning, so that rare gradients are not rounded away), `p` the rest.
  def encode(self: __torch__.Transformer, e: Dict[str, Tensor], p: Dict[str, Tensor], tokens: Tensor) -> Tensor:
    look = torch.embedding(e["code"], tokens)
    x = torch.to(torch.add(self.project(p, "encoder.code", look), p["encoder.position"]), 6)
    for i in range(ENCODER_LAYERS):
      name = torch.add("encoder.", str(i))
      qkv = self.project(p, torch.add(name, ".qkv"), self.norm(p, torch.add(name, ".norm1"), x))
      q, k, v, = torch.split(qkv, WIDTH, 2)
      a = self.attend(self.split_heads(q), self.split_heads(k), self.split_heads(v), torch.new_zeros(q, [1]))
      x = torch.add(x, self.project(p, torch.add(name, ".out"), self.join_heads(a)))
      x = self.feed_forward(p, name, x)
    return self.norm(p, "encoder.norm", x)

  # Means of 2 x 2 tokens: [n, 64, d] to [n, 16, d]. Patches at distance 2 are seen this coarsely.
  def pool(self: __torch__.Transformer, states: Tensor) -> Tensor:
    grid = torch.view(states, [torch.size(states, 0), 4, 2, 4, 2, WIDTH])
    return torch.view(torch.mean(grid, [2, 4]), [torch.size(states, 0), 16, WIDTH])

  # What a token is drawn from: the codes of the eight tokens around it, its place, its height in the picture.
  # A code is a learned vector that starts as the tokenizer's own, so that codes which look alike begin alike.
  # [..., 8] tokens to [..., d] in fp32.
  def look_around(self: __torch__.Transformer, e: Dict[str, Tensor], p: Dict[str, Tensor], neighbours: Tensor) -> Tensor:
    look = torch.flatten(torch.embedding(e["code"], neighbours), -2)
    return torch.to(self.project(p, "around", look), 6)

  # Logits of the next token; codes that look alike share a part of their weights. [..., d] to [..., CODES].
  def judge(self: __torch__.Transformer, p: Dict[str, Tensor], weight: Tensor, x: Tensor) -> Tensor:
    h = torch.to(self.norm(p, "head.norm", x), weight)
    return torch.to(torch.linear(h, weight, p["head.bias"]), 6)

  def head(self: __torch__.Transformer, p: Dict[str, Tensor]) -> Tensor:
    shared = torch.matmul(torch.slice(p["code"], 0, 0, CODES), p["head.shared"])
    return torch.add(p["head.own"], shared)

  # Context keys or values of all slots: gathered [n, s, t, d] plus one learned row a slot, to [n, s * t, d].
  def with_offset(self: __torch__.Transformer, x: Tensor, table: Tensor, offsets: Tensor) -> Tensor:
    moved = torch.add(x, torch.unsqueeze(torch.embedding(table, offsets), -2))
    return torch.reshape(moved, [torch.size(x, 0), -1, WIDTH])

  # What the layout says of each token, from the codes of three by three of its tokens: [n, 16] to [n, 64, d] in
  # fp32, CODES where there is no layout. Each of the two by two tokens in the middle lies beneath 4 x 4 of ours
  # and tells their quarters apart, so that what its neighbours say reaches those that are near them.
  def over_layout(self: __torch__.Transformer, e: Dict[str, Tensor], p: Dict[str, Tensor], layout: Tensor) -> Tensor:
    n = torch.size(layout, 0)
    codes = torch.view(torch.embedding(e["code"], layout), [n, 4, 4, -1])
    around = annotate(List[Tensor], [])
    for dy in range(3):
      for dx in range(3):
        _0 = torch.append(around, torch.narrow(torch.narrow(codes, 1, dy, 2), 2, dx, 2))
    said = self.project(p, "layout", torch.cat(around, 3))
    quarters = torch.permute(torch.view(said, [n, 2, 2, 2, 2, WIDTH]), [0, 1, 3, 2, 4, 5])
    wide = torch.repeat_interleave(torch.reshape(quarters, [n, 4, 4, WIDTH]), 2, 1)
    return torch.to(torch.view(torch.repeat_interleave(wide, 2, 2), [n, 64, WIDTH]), 6)

  # Loss of all patches of a crop at once, teacher-forced, and its gradient.
  #   inputs [P, 64] tokens as later ones see them, targets [P, 64] as they are,
  #   neighbours [P, 64, 8] with CODES for what is not known yet, vertical [P, 8, 8] the height of each token row,
  #   layout [P, 16] the tokens of the layout beneath and around, CODES where there is none,
  #   near [P, s], far [P, f]: which patches of the crop are context, offsets: their places (row of the table),
  #   *_bias: 0, or minus infinity for a slot without a patch.
  def learn(self: __torch__.Transformer, w: Tensor, inputs: Tensor, targets: Tensor, neighbours: Tensor, vertical: Tensor, layout: Tensor, near: Tensor, near_offsets: Tensor, near_bias: Tensor, far: Tensor, far_offsets: Tensor, far_bias: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    leaf = torch.requires_grad_(torch.detach(w))
    e = self.named(leaf)
    p = self.named(torch.to(leaf, 15))
    n = torch.size(inputs, 0)
    states = self.encode(e, p, inputs)
    pooled = self.pool(states)
    x = torch.add(self.look_around(e, p, neighbours), e["position"])
    height = torch.repeat_interleave(torch.linear(vertical, e["vertical.weight"], e["vertical.bias"]), 8, 1)
    x = torch.add(x, height)
    if KNOWS_LAYOUTS == 1:
      x = torch.add(x, self.over_layout(e, p, layout))
    later = torch.triu(torch.full([64, 64], -inf), 1)
    own = torch.expand(later, [n, 64, 64])
    near_mask = torch.repeat_interleave(near_bias, 64, 1)
    far_mask = torch.repeat_interleave(far_bias, 16, 1)
    context_mask = torch.cat([torch.zeros([n, 1]), near_mask, far_mask], 1)
    seen = torch.expand(torch.unsqueeze(context_mask, 1), [n, 64, torch.size(context_mask, 1)])
    mask = torch.unsqueeze(torch.to(torch.cat([seen, own], 2), 15), 1)
    for i in range(LAYERS):
      name = torch.add("decoder.", str(i))
      near_kv = torch.index_select(self.project(p, torch.add(name, ".context"), states), 0, torch.flatten(near))
      near_k, near_v, = torch.split(torch.view(near_kv, [n, -1, 64, 2 * WIDTH]), WIDTH, 3)
      far_kv = torch.index_select(self.project(p, torch.add(name, ".context"), pooled), 0, torch.flatten(far))
      far_k, far_v, = torch.split(torch.view(far_kv, [n, -1, 16, 2 * WIDTH]), WIDTH, 3)
      table = p[torch.add(name, ".offset")]
      empty = torch.expand(p[torch.add(name, ".empty")], [n, 2, WIDTH])
      qkv = self.project(p, torch.add(name, ".qkv"), self.norm(p, torch.add(name, ".norm1"), x))
      q, k, v, = torch.split(qkv, WIDTH, 2)
      keys = torch.cat([torch.slice(empty, 1, 0, 1), self.with_offset(near_k, table, near_offsets), self.with_offset(far_k, table, far_offsets), k], 1)
      values = torch.cat([torch.slice(empty, 1, 1, 2), torch.reshape(near_v, [n, -1, WIDTH]), torch.reshape(far_v, [n, -1, WIDTH]), v], 1)
      a = self.attend(self.split_heads(q), self.split_heads(keys), self.split_heads(values), mask)
      x = torch.add(x, self.project(p, torch.add(name, ".out"), self.join_heads(a)))
      x = self.feed_forward(p, name, x)
    logits = self.judge(p, self.head(p), x)
    rows = torch.view(logits, [-1, CODES])
    loss = torch.cross_entropy_loss(rows, torch.flatten(targets), None, 1, -100, 0.1)
    plain = torch.cross_entropy_loss(torch.detach(rows), torch.flatten(targets))
    gradient = unchecked_cast(Tensor, torch.grad([loss], [leaf], None, None, False, False)[0])
    return (torch.detach(loss), gradient, plain)

  # The flat vector in the type numbered `kind`, for rendering.
  def cast(self: __torch__.Transformer, w: Tensor, kind: int) -> Tensor:
    return torch.to(w, kind)

  # What the pool keeps of finished patches [n, 64]: for each layer keys beside values, of all tokens
  # [n, LAYERS, 64, 2d] and of their 2 x 2 means [n, LAYERS, 16, 2d]. Free of place: offsets come at use.
  def states(self: __torch__.Transformer, w: Tensor, tokens: Tensor) -> Tuple[Tensor, Tensor]:
    p = self.named(w)
    near = self.encode(p, p, tokens)
    far = self.pool(near)
    of_near = annotate(List[Tensor], [])
    of_far = annotate(List[Tensor], [])
    for i in range(LAYERS):
      name = torch.add(torch.add("decoder.", str(i)), ".context")
      _0 = torch.append(of_near, self.project(p, name, near))
      _1 = torch.append(of_far, self.project(p, name, far))
    return (torch.stack(of_near, 1), torch.stack(of_far, 1))

  # States for slots without a patch; a bias of minus infinity keeps them unseen.
  def no_states(self: __torch__.Transformer, w: Tensor) -> Tuple[Tensor, Tensor]:
    return (torch.new_zeros(w, [LAYERS, 64, 2 * WIDTH]), torch.new_zeros(w, [LAYERS, 16, 2 * WIDTH]))

  # Values of one layer for a batch of patches, with room for their own: [B * heads, N + 64, d / heads] in fp32,
  # because products of one row with a matrix are three times as fast in fp32 as in bf16.
  def room(self: __torch__.Transformer, empty: Tensor, near: Tensor, far: Tensor) -> Tensor:
    n = torch.size(near, 0)
    own = torch.new_zeros(near, [n, 64, WIDTH])
    first = torch.expand(empty, [n, 1, WIDTH])
    heads = self.split_heads(torch.to(torch.cat([first, near, far, own], 1), 6))
    return torch.reshape(heads, [n * HEADS, -1, WIDTH // HEADS])

  # A weight laid out once for many products with few rows: oneDNN's own layout is three times as fast on
  # CPUs and gives the same bits. GPUs have no such layout.
  def packed(self: __torch__.Transformer, weight: Tensor, rows: int) -> Tensor:
    if ops.prim.is_cuda(weight):
      result = weight
    else:
      result = ops.mkldnn._reorder_linear_weight(weight, rows)
    return result

  def multiply(self: __torch__.Transformer, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    if ops.prim.is_cuda(x):
      y = torch.linear(x, weight, bias)
    else:
      y = ops.mkldnn._linear_pointwise(x, weight, bias, "none", annotate(List[Optional[number]], []), "")
    return y

  # Draws a batch of patches token by token, [B, 64].
  #   near: B * s states [LAYERS, 64, 2d], far: B * f states [LAYERS, 16, 2d], slot by slot for each patch,
  #   *_offsets: rows of the offset table [B, s] and [B, f], *_bias: 0, or minus infinity for an empty slot,
  #   window [B, 10, 10]: the patch with the tokens around it, CODES where unknown,
  #   vertical [B, 8, 8], layout [B, 16] as in learn, noise [B, 64, CODES]: Gumbel noise for each token and code.
  # Each operation computes a patch independently of the rest of its batch, so any batch gives the same bits.
  def sample(self: __torch__.Transformer, w: Tensor, near: List[Tensor], near_offsets: Tensor, near_bias: Tensor, far: List[Tensor], far_offsets: Tensor, far_bias: Tensor, window: Tensor, vertical: Tensor, layout: Tensor, noise: Tensor, temperature: float, top_k: int) -> Tensor:
    p = self.named(w)
    n = torch.size(window, 0)
    near_all = torch.view(torch.stack(near), [n, -1, LAYERS, 64, 2 * WIDTH])
    far_all = torch.view(torch.stack(far), [n, -1, LAYERS, 16, 2 * WIDTH])
    keys = annotate(List[Tensor], [])
    values = annotate(List[Tensor], [])
    norm1 = annotate(List[Tensor], [])
    norm2 = annotate(List[Tensor], [])
    weights = annotate(List[Tensor], [])
    for i in range(LAYERS):
      name = torch.add("decoder.", str(i))
      table = p[torch.add(name, ".offset")]
      empty = p[torch.add(name, ".empty")]
      near_k, near_v, = torch.split(torch.select(near_all, 2, i), WIDTH, 3)
      far_k, far_v, = torch.split(torch.select(far_all, 2, i), WIDTH, 3)
      near_k = self.with_offset(near_k, table, near_offsets)
      far_k = self.with_offset(far_k, table, far_offsets)
      # Keys lie with a row for each dimension, so that the product with a query runs along memory.
      room = self.room(torch.slice(empty, 1, 0, 1), near_k, far_k)
      _0 = torch.append(keys, torch.contiguous(torch.transpose(room, 1, 2)))
      near_v = torch.reshape(near_v, [n, -1, WIDTH])
      far_v = torch.reshape(far_v, [n, -1, WIDTH])
      _1 = torch.append(values, self.room(torch.slice(empty, 1, 1, 2), near_v, far_v))
      for part in [".norm1", ".norm2"]:
        _2 = torch.append(norm1, torch.to(p[torch.add(torch.add(name, part), ".weight")], 6))
        _3 = torch.append(norm2, torch.to(p[torch.add(torch.add(name, part), ".bias")], 6))
      for part in [".qkv", ".out", ".widen", ".narrow"]:
        _4 = torch.append(weights, self.packed(p[torch.add(torch.add(name, part), ".weight")], n))
        _5 = torch.append(weights, p[torch.add(torch.add(name, part), ".bias")])
    context = torch.size(values[0], 1) - 64
    zero = torch.new_zeros(near_bias, [n, 1])
    bias = torch.cat([zero, torch.repeat_interleave(near_bias, 64, 1), torch.repeat_interleave(far_bias, 16, 1)], 1)
    later = torch.triu(torch.full([64, 64], -inf, device=ops.prim.device(bias)), 1)
    head = self.packed(self.head(p), n)
    around_weight = self.packed(p["around.weight"], n)
    around = torch.tensor([0, 1, 2, 3, 5, 6, 7, 8], dtype=4, device=ops.prim.device(window))
    height = torch.to(torch.linear(torch.to(vertical, w), p["vertical.weight"], p["vertical.bias"]), 6)
    position = torch.expand(torch.to(p["position"], 6), [n, 64, WIDTH])
    if KNOWS_LAYOUTS == 1:
      position = torch.add(position, self.over_layout(p, p, layout))
    tokens = torch.new_zeros(window, [n, 64])
    for m in range(64):
      r = m // 8
      c = m % 8
      near_by = torch.reshape(torch.narrow(torch.narrow(window, 1, r, 3), 2, c, 3), [n, 9])
      look = torch.flatten(torch.embedding(p["code"], torch.index_select(near_by, 1, around)), -2)
      x = torch.to(self.multiply(look, around_weight, p["around.bias"]), 6)
      x = torch.add(torch.add(x, torch.select(position, 1, m)), torch.select(height, 1, r))
      mask = torch.cat([bias, torch.expand(torch.select(later, 0, m), [n, 64])], 1)
      mask = torch.unsqueeze(mask, 1)
      for i in range(LAYERS):
        h = torch.to(torch.layer_norm(x, [WIDTH], norm1[2 * i], norm2[2 * i]), w)
        qkv = torch.to(self.multiply(h, weights[8 * i], weights[8 * i + 1]), 6)
        q, k, v, = torch.split(torch.view(qkv, [n, 3 * HEADS, WIDTH // HEADS]), HEADS, 1)
        _6 = torch.copy_(torch.select(keys[i], 2, context + m), torch.reshape(k, [n * HEADS, -1]))
        _7 = torch.copy_(torch.select(values[i], 1, context + m), torch.reshape(v, [n * HEADS, -1]))
        query = torch.reshape(torch.mul(q, SCALE), [n * HEADS, 1, -1])
        scores = torch.view(torch.bmm(query, keys[i]), [n, HEADS, -1])
        shares = torch.softmax(torch.add(scores, mask), -1)
        a = torch.to(torch.bmm(torch.view(shares, [n * HEADS, 1, -1]), values[i]), w)
        x = torch.add(x, self.multiply(torch.reshape(a, [n, WIDTH]), weights[8 * i + 2], weights[8 * i + 3]))
        h = torch.to(torch.layer_norm(x, [WIDTH], norm1[2 * i + 1], norm2[2 * i + 1]), w)
        h = torch.gelu(self.multiply(h, weights[8 * i + 4], weights[8 * i + 5]))
        x = torch.add(x, self.multiply(h, weights[8 * i + 6], weights[8 * i + 7]))
      h = torch.to(self.norm(p, "head.norm", x), w)
      logits = torch.to(self.multiply(h, head, p["head.bias"]), 6)
      best, _8, = torch.topk(logits, top_k)
      floor = torch.narrow(best, 1, top_k - 1, 1)
      chance = torch.select(noise, 1, m)
      drawn = torch.add(torch.div(logits, temperature), chance)
      # A known token has noise without end and stays, however unlikely it is.
      unlikely = torch.logical_and(torch.lt(logits, floor), torch.lt(chance, inf))
      token = torch.argmax(torch.masked_fill(drawn, unlikely, -inf), 1)
      _9 = torch.copy_(torch.select(tokens, 1, m), token)
      _10 = torch.copy_(torch.select(torch.select(window, 1, r + 1), 1, c + 1), token)
    return tokens

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

  # Context keys of all slots: gathered [n, s, t, d] plus one learned row a slot, to [n, s * t, d]. Where offsets are on
  # the map of attention (ON_MAP), keys have none.
  def with_offset(self: __torch__.Transformer, x: Tensor, table: Tensor, offsets: Tensor) -> Tensor:
    if ON_MAP == 1:
      moved = x
    else:
      moved = torch.add(x, torch.unsqueeze(torch.embedding(table, offsets), -2))
    return self.in_a_row(moved)

  # What each head of layer `i` adds to the scores of all it sees, for how far away it lies: [n, HEADS, c + 64].
  def on_map(self: __torch__.Transformer, p: Dict[str, Tensor], i: int, near_offsets: Tensor, far_offsets: Tensor) -> Tensor:
    table = p[torch.add(torch.add("decoder.", str(i)), ".offset")]
    n = torch.size(near_offsets, 0)
    empty = torch.new_zeros(table, [n, 1, HEADS])
    near = torch.repeat_interleave(torch.embedding(table, near_offsets), 64, 1)
    far = torch.repeat_interleave(torch.embedding(table, far_offsets), 16, 1)
    own = torch.new_zeros(table, [n, 64, HEADS])
    return torch.transpose(torch.cat([empty, near, far, own], 1), 1, 2)

  # The mask of layer `i`, [n, 1, t, c + 64]; where offsets are on the map, with them, [n, HEADS, t, c + 64].
  def mapped(self: __torch__.Transformer, p: Dict[str, Tensor], i: int, mask: Tensor, near_offsets: Tensor, far_offsets: Tensor) -> Tensor:
    if ON_MAP == 1:
      moved = torch.add(mask, torch.unsqueeze(self.on_map(p, i, near_offsets, far_offsets), 2))
    else:
      moved = mask
    return moved

  # [n, s, t, d] to [n, s * t, d], also where there are no slots.
  def in_a_row(self: __torch__.Transformer, x: Tensor) -> Tensor:
    return torch.reshape(x, [torch.size(x, 0), torch.size(x, 1) * torch.size(x, 2), WIDTH])

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

  # What the frames before say of each token: the codes of three by three of their tokens around its place, CODES
  # where there is none. [n, 64, BEFORE * 9] to [n, 64, d] in fp32.
  def over_before(self: __torch__.Transformer, e: Dict[str, Tensor], p: Dict[str, Tensor], before: Tensor) -> Tensor:
    look = torch.flatten(torch.embedding(e["code"], before), -2)
    return torch.to(self.project(p, "before", look), 6)

  # What a token says of itself, where it is told apart from those around it. [...] tokens to [..., d] in fp32.
  def own_code(self: __torch__.Transformer, e: Dict[str, Tensor], p: Dict[str, Tensor], tokens: Tensor) -> Tensor:
    return torch.to(self.project(p, "own", torch.embedding(e["code"], tokens)), 6)

  # Keys beside values that layer `i` makes of states: a projection of its own for encoded states; for the inputs
  # of the same layer, which recurrent models keep, those with which it looks at its own tokens.
  # [..., d] to [..., 2d].
  def remembered(self: __torch__.Transformer, p: Dict[str, Tensor], i: int, states: Tensor) -> Tensor:
    name = torch.add("decoder.", str(i))
    if RECURRENT == 1:
      weight = torch.slice(p[torch.add(name, ".qkv.weight")], 0, WIDTH, 3 * WIDTH)
      bias = torch.slice(p[torch.add(name, ".qkv.bias")], 0, WIDTH, 3 * WIDTH)
      h = torch.to(self.norm(p, torch.add(name, ".norm1"), states), weight)
      result = torch.linear(h, weight, bias)
    else:
      result = self.project(p, torch.add(name, ".context"), states)
    return result

  # Keys and values [n, c, d] of all that layer `i` sees beside its own patch: one learned empty state, then the
  # slots near [n, s, 64, 2d] and far [n, f, 16, 2d] with the offsets of their places.
  def context(self: __torch__.Transformer, p: Dict[str, Tensor], i: int, near_kv: Tensor, near_offsets: Tensor, far_kv: Tensor, far_offsets: Tensor) -> Tuple[Tensor, Tensor]:
    name = torch.add("decoder.", str(i))
    table = p[torch.add(name, ".offset")]
    empty = torch.expand(p[torch.add(name, ".empty")], [torch.size(near_kv, 0), 2, WIDTH])
    near_k, near_v, = torch.split(near_kv, WIDTH, 3)
    far_k, far_v, = torch.split(far_kv, WIDTH, 3)
    keys = torch.cat([torch.slice(empty, 1, 0, 1), self.with_offset(near_k, table, near_offsets), self.with_offset(far_k, table, far_offsets)], 1)
    values = torch.cat([torch.slice(empty, 1, 1, 2), self.in_a_row(near_v), self.in_a_row(far_v)], 1)
    return (keys, values)

  # Keys and values [m, t + 1, d] that layer `i` makes of the states of texts [m, t, 384]: the first are learned and
  # stand for no text.
  def told(self: __torch__.Transformer, p: Dict[str, Tensor], i: int, text: Tensor) -> Tuple[Tensor, Tensor]:
    name = torch.add("decoder.", str(i))
    untold = torch.expand(p[torch.add(name, ".untold")], [torch.size(text, 0), 1, 2 * WIDTH])
    k, v, = torch.split(torch.cat([untold, self.project(p, torch.add(name, ".told"), text)], 1), WIDTH, 2)
    return (k, v)

  # What may be attended to of them, [m, 1, t + 1].
  def text_mask(self: __torch__.Transformer, text_bias: Tensor) -> Tensor:
    zero = torch.new_zeros(text_bias, [torch.size(text_bias, 0), 1])
    return torch.unsqueeze(torch.cat([zero, text_bias], 1), 1)

  # Cross attention from all tokens of patches, x [n, 64, d], to their texts [n, t, 384] or to one for all [1, t, 384].
  def listen(self: __torch__.Transformer, p: Dict[str, Tensor], i: int, x: Tensor, text: Tensor, text_bias: Tensor) -> Tensor:
    name = torch.add("decoder.", str(i))
    k, v, = self.told(p, i, text)
    q = self.project(p, torch.add(name, ".asks"), self.norm(p, torch.add(name, ".norm3"), x))
    mask = torch.to(torch.unsqueeze(self.text_mask(text_bias), 1), ops.prim.dtype(q))
    a = self.attend(self.split_heads(q), self.split_heads(k), self.split_heads(v), mask)
    return torch.add(x, self.project(p, torch.add(name, ".heard"), self.join_heads(a)))

  # One layer over all tokens of patches at once, x [n, 64, d] in fp32.
  def layer(self: __torch__.Transformer, p: Dict[str, Tensor], i: int, x: Tensor, keys: Tensor, values: Tensor, mask: Tensor, text: Tensor, text_bias: Tensor) -> Tensor:
    name = torch.add("decoder.", str(i))
    qkv = self.project(p, torch.add(name, ".qkv"), self.norm(p, torch.add(name, ".norm1"), x))
    q, k, v, = torch.split(qkv, WIDTH, 2)
    all_keys = self.split_heads(torch.cat([keys, k], 1))
    a = self.attend(self.split_heads(q), all_keys, self.split_heads(torch.cat([values, v], 1)), mask)
    y = torch.add(x, self.project(p, torch.add(name, ".out"), self.join_heads(a)))
    if KNOWS_TEXTS == 1:
      y = self.listen(p, i, y, text, text_bias)
    return self.feed_forward(p, name, y)

  # What tokens of whole patches may attend to, [n, 1, 64, c + 64]: the context's slots that hold a patch, and of
  # their own patch the tokens before them, or, drawn in rounds, all.
  def whole_mask(self: __torch__.Transformer, near_bias: Tensor, far_bias: Tensor, kind: int) -> Tensor:
    n = torch.size(near_bias, 0)
    zero = torch.new_zeros(near_bias, [n, 1])
    slots = torch.cat([zero, torch.repeat_interleave(near_bias, 64, 1), torch.repeat_interleave(far_bias, 16, 1)], 1)
    seen = torch.expand(torch.unsqueeze(slots, 1), [n, 64, torch.size(slots, 1)])
    if PARALLEL == 1:
      own = torch.new_zeros(near_bias, [64, 64])
    else:
      own = torch.triu(torch.full([64, 64], -inf, device=ops.prim.device(near_bias)), 1)
    return torch.unsqueeze(torch.to(torch.cat([seen, torch.expand(own, [n, 64, 64])], 2), kind), 1)

  # The input of each token but for what the tokens around it say: its place, its height, its layout, the frames
  # before, [n, 64, d].
  def places(self: __torch__.Transformer, e: Dict[str, Tensor], p: Dict[str, Tensor], vertical: Tensor, layout: Tensor, before: Tensor) -> Tensor:
    height = torch.linear(torch.to(vertical, e["vertical.weight"]), e["vertical.weight"], e["vertical.bias"])
    x = torch.add(torch.to(e["position"], 6), torch.repeat_interleave(torch.to(height, 6), 8, 1))
    if KNOWS_LAYOUTS == 1:
      x = torch.add(x, self.over_layout(e, p, layout))
    if BEFORE > 0:
      x = torch.add(x, self.over_before(e, p, before))
    return x

  # Encoded states: all patches at once, each looking at what the encoder made of the others. x to [P, 64, d].
  def at_once(self: __torch__.Transformer, e: Dict[str, Tensor], p: Dict[str, Tensor], x: Tensor, inputs: Tensor, near: Tensor, near_offsets: Tensor, far: Tensor, far_offsets: Tensor, mask: Tensor, text: Tensor, text_bias: Tensor) -> Tensor:
    n = torch.size(near, 0)
    states = self.encode(e, p, inputs)
    pooled = self.pool(states)
    for i in range(LAYERS):
      near_kv = torch.index_select(self.remembered(p, i, states), 0, torch.flatten(near))
      far_kv = torch.index_select(self.remembered(p, i, pooled), 0, torch.flatten(far))
      near_kv = torch.view(near_kv, [n, torch.size(near, 1), 64, 2 * WIDTH])
      far_kv = torch.view(far_kv, [n, torch.size(far, 1), 16, 2 * WIDTH])
      keys, values, = self.context(p, i, near_kv, near_offsets, far_kv, far_offsets)
      x = self.layer(p, i, x, keys, values, self.mapped(p, i, mask, near_offsets, far_offsets), text, text_bias)
    return x

  # Recurrent states: the patches one level after the other, `levels` patches each, none of which sees another of
  # its level. What is kept of a patch is the input of every layer, with the gradient stopped, and its own codes.
  # Slot 0 of the context is nobody: patch k of the lesson is number k + 1.
  def in_order(self: __torch__.Transformer, p: Dict[str, Tensor], x: Tensor, said: Tensor, near: Tensor, near_offsets: Tensor, far: Tensor, far_offsets: Tensor, mask: Tensor, levels: Tensor, text: Tensor, text_bias: Tensor) -> Tensor:
    near_all = annotate(List[Tensor], [])
    far_all = annotate(List[Tensor], [])
    for i in range(LAYERS):
      _0 = torch.append(near_all, torch.new_zeros(mask, [1, 64, 2 * WIDTH]))
      _1 = torch.append(far_all, torch.new_zeros(mask, [1, 16, 2 * WIDTH]))
    done = annotate(List[Tensor], [])
    begin = 0
    for level in range(torch.size(levels, 0)):
      n = int(torch.select(levels, 0, level))
      y = torch.narrow(x, 0, begin, n)
      near_now = torch.narrow(near, 0, begin, n)
      far_now = torch.narrow(far, 0, begin, n)
      mask_now = torch.narrow(mask, 0, begin, n)
      said_now = torch.narrow(said, 0, begin, n)
      for i in range(LAYERS):
        near_kv = torch.index_select(near_all[i], 0, torch.flatten(near_now))
        far_kv = torch.index_select(far_all[i], 0, torch.flatten(far_now))
        near_kv = torch.view(near_kv, [n, torch.size(near, 1), 64, 2 * WIDTH])
        far_kv = torch.view(far_kv, [n, torch.size(far, 1), 16, 2 * WIDTH])
        near_offsets_now = torch.narrow(near_offsets, 0, begin, n)
        far_offsets_now = torch.narrow(far_offsets, 0, begin, n)
        keys, values, = self.context(p, i, near_kv, near_offsets_now, far_kv, far_offsets_now)
        kept = torch.add(torch.detach(y), said_now)
        y = self.layer(p, i, y, keys, values, self.mapped(p, i, mask_now, near_offsets_now, far_offsets_now), text, text_bias)
        near_all[i] = torch.cat([near_all[i], self.remembered(p, i, kept)], 0)
        far_all[i] = torch.cat([far_all[i], self.remembered(p, i, self.pool(kept))], 0)
      _2 = torch.append(done, y)
      begin = torch.add(begin, n)
    return torch.cat(done, 0)

  # Logits of all tokens of a lesson, [P * 64, CODES]. For the arguments see learn.
  def answer(self: __torch__.Transformer, e: Dict[str, Tensor], p: Dict[str, Tensor], inputs: Tensor, neighbours: Tensor, vertical: Tensor, layout: Tensor, near: Tensor, near_offsets: Tensor, near_bias: Tensor, far: Tensor, far_offsets: Tensor, far_bias: Tensor, own: Tensor, levels: Tensor, text: Tensor, text_bias: Tensor, before: Tensor) -> Tensor:
    x = torch.add(self.look_around(e, p, neighbours), self.places(e, p, vertical, layout, before))
    mask = self.whole_mask(near_bias, far_bias, 15)
    if RECURRENT == 1:
      y = self.in_order(p, x, self.own_code(e, p, inputs), near, near_offsets, far, far_offsets, mask, levels, text, text_bias)
    else:
      if PARALLEL == 1:
        x = torch.add(x, self.own_code(e, p, own))
      y = self.at_once(e, p, x, inputs, near, near_offsets, far, far_offsets, mask, text, text_bias)
    return torch.view(self.judge(p, self.head(p), y), [-1, CODES])

  # Nats a token: the mean over patches of the mean over those of their tokens that were asked for.
  def nats(self: __torch__.Transformer, rows: Tensor, targets: Tensor) -> Tensor:
    each = torch.cross_entropy_loss(rows, torch.flatten(targets), None, 0)
    sums = torch.sum(torch.view(each, [-1, 64]), [1])
    asked = torch.sum(torch.ge(targets, 0), [1])
    return torch.div(torch.sum(torch.div(sums, torch.clamp(asked, 1))), torch.sum(torch.gt(asked, 0)))

  # Loss of patches of a crop, of all or of one, teacher-forced, and its gradient.
  #   inputs [E, 64] tokens, as later ones see them, of all patches that are seen (of recurrent models those that are
  #   drawn), targets [P, 64] as they are, -100 for those not asked for,
  #   neighbours [P, 64, 8] with CODES for what is not known yet, vertical [P, 8, 8] the height of each token row,
  #   layout [P, 16] the tokens of the layout beneath and around, CODES where there is none,
  #   near [P, s], far [P, f]: which of the E patches are context, offsets: their places (row of the table),
  #   *_bias: 0, or minus infinity for a slot without a patch,
  #   own [P, 64] the tokens that are known when drawn in rounds, CODES for the others,
  #   levels: how many patches, one after the other, can be drawn at once,
  #   text [1, t, 384] the states of what is said of the crop, text_bias [1, t]: 0, or minus infinity where none is,
  #   before [P, 64, BEFORE * 9] the tokens at and around each token's place in the frames before.
  def learn(self: __torch__.Transformer, w: Tensor, inputs: Tensor, targets: Tensor, neighbours: Tensor, vertical: Tensor, layout: Tensor, near: Tensor, near_offsets: Tensor, near_bias: Tensor, far: Tensor, far_offsets: Tensor, far_bias: Tensor, own: Tensor, levels: Tensor, text: Tensor, text_bias: Tensor, before: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    leaf = torch.requires_grad_(torch.detach(w))
    e = self.named(leaf)
    p = self.named(torch.to(leaf, 15))
    rows = self.answer(e, p, inputs, neighbours, vertical, layout, near, near_offsets, near_bias, far, far_offsets, far_bias, own, levels, text, text_bias, before)
    loss = torch.cross_entropy_loss(rows, torch.flatten(targets), None, 1, -100, 0.1)
    gradient = unchecked_cast(Tensor, torch.grad([loss], [leaf], None, None, False, False)[0])
    return (torch.detach(loss), gradient, self.nats(torch.detach(rows), targets))

  # Nats a token of the same, without learning from it.
  def weigh(self: __torch__.Transformer, w: Tensor, inputs: Tensor, targets: Tensor, neighbours: Tensor, vertical: Tensor, layout: Tensor, near: Tensor, near_offsets: Tensor, near_bias: Tensor, far: Tensor, far_offsets: Tensor, far_bias: Tensor, own: Tensor, levels: Tensor, text: Tensor, text_bias: Tensor, before: Tensor) -> Tensor:
    e = self.named(w)
    p = self.named(torch.to(w, 15))
    rows = self.answer(e, p, inputs, neighbours, vertical, layout, near, near_offsets, near_bias, far, far_offsets, far_bias, own, levels, text, text_bias, before)
    return self.nats(rows, targets)

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
      _0 = torch.append(of_near, self.remembered(p, i, near))
      _1 = torch.append(of_far, self.remembered(p, i, far))
    return (torch.stack(of_near, 1), torch.stack(of_far, 1))

  # The same for a recurrent model: one teacher-forced pass over the tokens [n, 64] of finished patches, each with
  # its own context; the inputs of every layer are what is kept. neighbours as in learn, the rest as in sample.
  def recurrent_states(self: __torch__.Transformer, w: Tensor, tokens: Tensor, near: List[Tensor], near_offsets: Tensor, near_bias: Tensor, far: List[Tensor], far_offsets: Tensor, far_bias: Tensor, neighbours: Tensor, vertical: Tensor, layout: Tensor) -> Tuple[Tensor, Tensor]:
    p = self.named(w)
    n = torch.size(tokens, 0)
    near_all = self.slots(w, near, n, 64)
    far_all = self.slots(w, far, n, 16)
    mask = self.whole_mask(near_bias, far_bias, ops.prim.dtype(w))
    said = self.own_code(p, p, tokens)
    # Recurrent models know one frame only.
    x = torch.add(self.look_around(p, p, neighbours), self.places(p, p, vertical, layout, layout))
    of_near = annotate(List[Tensor], [])
    of_far = annotate(List[Tensor], [])
    for i in range(LAYERS):
      kept = torch.add(x, said)
      _0 = torch.append(of_near, self.remembered(p, i, kept))
      _1 = torch.append(of_far, self.remembered(p, i, self.pool(kept)))
      keys, values, = self.context(p, i, torch.select(near_all, 2, i), near_offsets, torch.select(far_all, 2, i), far_offsets)
      x = self.layer(p, i, x, keys, values, self.mapped(p, i, mask, near_offsets, far_offsets), x, x)
    return (torch.stack(of_near, 1), torch.stack(of_far, 1))

  # The states of all slots of a batch: [n, slots, LAYERS, t, 2d].
  def slots(self: __torch__.Transformer, w: Tensor, states: List[Tensor], n: int, t: int) -> Tensor:
    if torch.eq(torch.len(states), 0):
      result = torch.new_zeros(w, [n, 0, LAYERS, t, 2 * WIDTH])
    else:
      result = torch.view(torch.stack(states), [n, -1, LAYERS, t, 2 * WIDTH])
    return result

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

  # Logits [count, ...] of patches that are drawn; see sample.
  def guided(self: __torch__.Transformer, logits: Tensor, count: int, guidance: float) -> Tensor:
    if torch.eq(torch.size(logits, 0), count):
      result = logits
    else:
      without = torch.slice(logits, 0, count, 2 * count)
      change = torch.sub(torch.slice(logits, 0, 0, count), without)
      result = torch.add(without, torch.mul(change, guidance))
    return result

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

  # Tokens [B, 64], or -1 for all of a patch whose last logits [B, ..] are no numbers: what is not finite once stays so,
  # because each token attends to those before it.
  def if_finite(self: __torch__.Transformer, tokens: Tensor, last: Tensor) -> Tensor:
    finite = torch.all(torch.isfinite(torch.flatten(last, 1)), 1)
    return torch.masked_fill(tokens, torch.unsqueeze(torch.logical_not(finite), 1), -1)

  # What a token may not attend to of its own patch, 0 or minus infinity, [64, 64]: what comes after it row by row, and
  # what is not drawn before it where each row begins `lag` tokens after the one above.
  def not_yet(self: __torch__.Transformer, lag: int, bias: Tensor) -> Tensor:
    place = torch.arange(64, device=ops.prim.device(bias))
    time = torch.add(torch.remainder(place, 8), torch.mul(torch.floor_divide(place, 8), lag))
    earlier = torch.lt(torch.unsqueeze(time, 0), torch.unsqueeze(time, 1))
    before = torch.lt(torch.unsqueeze(place, 0), torch.unsqueeze(place, 1))
    itself = torch.eq(torch.unsqueeze(place, 0), torch.unsqueeze(place, 1))
    seen = torch.logical_or(torch.logical_and(earlier, before), itself)
    return torch.masked_fill(torch.full([64, 64], 0., device=ops.prim.device(bias)), torch.logical_not(seen), -inf)

  # Of k tokens of each patch, [n, k, heads, d] to [n * heads, k, d].
  def questions(self: __torch__.Transformer, q: Tensor) -> Tensor:
    return torch.reshape(torch.transpose(q, 1, 2), [torch.size(q, 0) * HEADS, torch.size(q, 1), WIDTH // HEADS])

  # And back: [n * heads, k, d] to [n * k, heads * d].
  def answers(self: __torch__.Transformer, a: Tensor, n: int) -> Tensor:
    return torch.reshape(torch.transpose(torch.view(a, [n, HEADS, -1, WIDTH // HEADS]), 1, 2), [-1, WIDTH])

  # Draws a batch of patches, [B, 64]: token by token where `lag` is 8; where it is less, each row begins so many tokens
  # after the one above, and what has its turn at one time is drawn at once (ZipAR, arXiv 2412.04062).
  #   near: B * s states [LAYERS, 64, 2d], far: B * f states [LAYERS, 16, 2d], slot by slot for each patch,
  #   *_offsets: rows of the offset table [B, s] and [B, f], *_bias: 0, or minus infinity for an empty slot,
  #   window [B, 10, 10]: the patch with the tokens around it, CODES where unknown,
  #   vertical [B, 8, 8], layout [B, 16] and before as in learn, text [B, t, 384] and text_bias [B, t]: what is said of each,
  #   noise [B, 64, CODES]: Gumbel noise for each token and code. For half as many patches, those in the first half are
  #   drawn, `guidance` times as far from what the second half, the same without texts, would draw (classifier-free
  #   guidance, arXiv 2207.12598).
  # Codes are drawn that are among the top_k likeliest and whose logit is at most -min_p below the likeliest one's.
  # Each operation computes a patch independently of the rest of its batch, so any batch gives the same bits.
  def sample(self: __torch__.Transformer, w: Tensor, near: List[Tensor], near_offsets: Tensor, near_bias: Tensor, far: List[Tensor], far_offsets: Tensor, far_bias: Tensor, window: Tensor, vertical: Tensor, layout: Tensor, text: Tensor, text_bias: Tensor, before: Tensor, noise: Tensor, lag: int, temperature: float, top_k: int, min_p: float, guidance: float) -> Tensor:
    p = self.named(w)
    n = torch.size(window, 0)
    near_all = self.slots(w, near, n, 64)
    far_all = self.slots(w, far, n, 16)
    keys = annotate(List[Tensor], [])
    values = annotate(List[Tensor], [])
    norm1 = annotate(List[Tensor], [])
    norm2 = annotate(List[Tensor], [])
    weights = annotate(List[Tensor], [])
    maps = annotate(List[Tensor], [])
    text_keys = annotate(List[Tensor], [])
    text_values = annotate(List[Tensor], [])
    for i in range(LAYERS):
      name = torch.add("decoder.", str(i))
      if ON_MAP == 1:
        _30 = torch.append(maps, torch.to(self.on_map(p, i, near_offsets, far_offsets), 6))
      table = p[torch.add(name, ".offset")]
      empty = p[torch.add(name, ".empty")]
      near_k, near_v, = torch.split(torch.select(near_all, 2, i), WIDTH, 3)
      far_k, far_v, = torch.split(torch.select(far_all, 2, i), WIDTH, 3)
      near_k = self.with_offset(near_k, table, near_offsets)
      far_k = self.with_offset(far_k, table, far_offsets)
      # Keys lie with a row for each dimension, so that the product with a query runs along memory.
      room = self.room(torch.slice(empty, 1, 0, 1), near_k, far_k)
      _0 = torch.append(keys, torch.contiguous(torch.transpose(room, 1, 2)))
      _1 = torch.append(values, self.room(torch.slice(empty, 1, 1, 2), self.in_a_row(near_v), self.in_a_row(far_v)))
      for part in [".norm1", ".norm2"]:
        _2 = torch.append(norm1, torch.to(p[torch.add(torch.add(name, part), ".weight")], 6))
        _3 = torch.append(norm2, torch.to(p[torch.add(torch.add(name, part), ".bias")], 6))
      for part in [".qkv", ".out", ".widen", ".narrow"]:
        _4 = torch.append(weights, self.packed(p[torch.add(torch.add(name, part), ".weight")], n))
        _5 = torch.append(weights, p[torch.add(torch.add(name, part), ".bias")])
      if KNOWS_TEXTS == 1:
        told_k, told_v, = self.told(p, i, text)
        asked = torch.transpose(self.split_heads(torch.to(told_k, 6)), 2, 3)
        _20 = torch.append(text_keys, torch.contiguous(torch.reshape(asked, [n * HEADS, WIDTH // HEADS, -1])))
        heard = self.split_heads(torch.to(told_v, 6))
        _21 = torch.append(text_values, torch.contiguous(torch.reshape(heard, [n * HEADS, -1, WIDTH // HEADS])))
        _22 = torch.append(norm1, torch.to(p[torch.add(name, ".norm3.weight")], 6))
        _23 = torch.append(norm2, torch.to(p[torch.add(name, ".norm3.bias")], 6))
        for part in [".asks", ".heard"]:
          _24 = torch.append(weights, self.packed(p[torch.add(torch.add(name, part), ".weight")], n))
          _25 = torch.append(weights, p[torch.add(torch.add(name, part), ".bias")])
    norms = 2 + KNOWS_TEXTS
    parts = 8 + 4 * KNOWS_TEXTS
    text_mask = self.text_mask(text_bias)
    drawn_count = torch.size(noise, 0)
    context = torch.size(values[0], 1) - 64
    zero = torch.new_zeros(near_bias, [n, 1])
    bias = torch.cat([zero, torch.repeat_interleave(near_bias, 64, 1), torch.repeat_interleave(far_bias, 16, 1)], 1)
    later = self.not_yet(lag, bias)
    head = self.packed(self.head(p), n)
    around_weight = self.packed(p["around.weight"], n)
    around = torch.tensor([0, 1, 2, 3, 5, 6, 7, 8], dtype=4, device=ops.prim.device(window))
    height = torch.to(torch.linear(torch.to(vertical, w), p["vertical.weight"], p["vertical.bias"]), 6)
    height = torch.repeat_interleave(height, 8, 1)
    position = torch.expand(torch.to(p["position"], 6), [n, 64, WIDTH])
    if KNOWS_LAYOUTS == 1:
      position = torch.add(position, self.over_layout(p, p, layout))
    if BEFORE > 0:
      position = torch.add(position, self.over_before(p, p, before))
    tokens = torch.new_zeros(window, [drawn_count, 64])
    last = noise
    for time in range(7 * lag + 8):
      places = annotate(List[int], [])
      near_by = annotate(List[Tensor], [])
      for r in range(8):
        c = time - lag * r
        if torch.__and__(torch.ge(c, 0), torch.lt(c, 8)):
          _15 = torch.append(places, r * 8 + c)
          _16 = torch.append(near_by, torch.reshape(torch.narrow(torch.narrow(window, 1, r, 3), 2, c, 3), [n, 9]))
      k = torch.len(places)
      now = torch.tensor(places, dtype=4, device=ops.prim.device(window))
      look = torch.flatten(torch.embedding(p["code"], torch.index_select(torch.stack(near_by, 1), 2, around)), -2)
      x = torch.to(self.multiply(torch.flatten(look, 0, 1), around_weight, p["around.bias"]), 6)
      x = torch.add(x, torch.flatten(torch.index_select(position, 1, now), 0, 1))
      x = torch.add(x, torch.flatten(torch.index_select(height, 1, now), 0, 1))
      own = torch.expand(torch.unsqueeze(torch.index_select(later, 0, now), 0), [n, k, 64])
      mask = torch.cat([torch.expand(torch.unsqueeze(bias, 1), [n, k, context]), own], 2)
      mask = torch.unsqueeze(mask, 1)
      for i in range(LAYERS):
        h = torch.to(torch.layer_norm(x, [WIDTH], norm1[norms * i], norm2[norms * i]), w)
        qkv = torch.to(self.multiply(h, weights[parts * i], weights[parts * i + 1]), 6)
        q, key, value, = torch.split(torch.view(qkv, [n, k, 3 * HEADS, WIDTH // HEADS]), HEADS, 2)
        for j in range(k):
          _6 = torch.copy_(torch.select(keys[i], 2, context + places[j]), torch.reshape(torch.select(key, 1, j), [n * HEADS, -1]))
          _7 = torch.copy_(torch.select(values[i], 1, context + places[j]), torch.reshape(torch.select(value, 1, j), [n * HEADS, -1]))
        scores = torch.view(torch.bmm(self.questions(torch.mul(q, SCALE)), keys[i]), [n, HEADS, k, -1])
        if ON_MAP == 1:
          scores = torch.add(scores, torch.unsqueeze(maps[i], 2))
        shares = torch.softmax(torch.add(scores, mask), -1)
        a = self.answers(torch.bmm(torch.view(shares, [n * HEADS, k, -1]), values[i]), n)
        x = torch.add(x, self.multiply(torch.to(a, w), weights[parts * i + 2], weights[parts * i + 3]))
        if KNOWS_TEXTS == 1:
          h = torch.to(torch.layer_norm(x, [WIDTH], norm1[norms * i + 2], norm2[norms * i + 2]), w)
          asks = torch.to(self.multiply(h, weights[parts * i + 8], weights[parts * i + 9]), 6)
          question = self.questions(torch.view(torch.mul(asks, SCALE), [n, k, HEADS, WIDTH // HEADS]))
          fits = torch.view(torch.bmm(question, text_keys[i]), [n, HEADS, k, -1])
          parts_heard = torch.softmax(torch.add(fits, torch.unsqueeze(text_mask, 1)), -1)
          a = self.answers(torch.bmm(torch.view(parts_heard, [n * HEADS, k, -1]), text_values[i]), n)
          x = torch.add(x, self.multiply(torch.to(a, w), weights[parts * i + 10], weights[parts * i + 11]))
        h = torch.to(torch.layer_norm(x, [WIDTH], norm1[norms * i + 1], norm2[norms * i + 1]), w)
        h = torch.gelu(self.multiply(h, weights[parts * i + 4], weights[parts * i + 5]))
        x = torch.add(x, self.multiply(h, weights[parts * i + 6], weights[parts * i + 7]))
      h = torch.to(self.norm(p, "head.norm", x), w)
      judged = torch.view(torch.to(self.multiply(h, head, p["head.bias"]), 6), [n, k, CODES])
      logits = self.guided(judged, drawn_count, guidance)
      last = logits
      best, _8, = torch.topk(logits, top_k)
      floor = torch.maximum(torch.narrow(best, 2, top_k - 1, 1), torch.add(torch.narrow(best, 2, 0, 1), min_p))
      chance = torch.index_select(noise, 1, now)
      drawn = torch.add(torch.div(logits, temperature), chance)
      # A known token has noise without end and stays, however unlikely it is.
      unlikely = torch.logical_and(torch.lt(logits, floor), torch.lt(chance, inf))
      token = torch.argmax(torch.masked_fill(drawn, unlikely, -inf), 2)
      _9 = torch.index_copy_(tokens, 1, now, token)
      inner = torch.add(torch.mul(torch.floor_divide(now, 8), 2), torch.add(now, 11))
      _10 = torch.index_copy_(torch.view(window, [n, 100]), 1, inner, torch.repeat(token, [n // drawn_count, 1]))
    return self.if_finite(tokens, last)

  # Draws a batch of patches in rounds (MaskGIT, arXiv 2202.04200), [B, 64]: each round looks at all tokens known
  # so far and draws the next `counts` of the places in `order`, each by itself, at its round's temperature.
  # The rest as in sample.
  def sample_in_rounds(self: __torch__.Transformer, w: Tensor, near: List[Tensor], near_offsets: Tensor, near_bias: Tensor, far: List[Tensor], far_offsets: Tensor, far_bias: Tensor, window: Tensor, vertical: Tensor, layout: Tensor, text: Tensor, text_bias: Tensor, before: Tensor, noise: Tensor, top_k: int, min_p: float, order: Tensor, counts: Tensor, temperatures: Tensor, guidance: float) -> Tensor:
    p = self.named(w)
    n = torch.size(window, 0)
    near_all = self.slots(w, near, n, 64)
    far_all = self.slots(w, far, n, 16)
    keys = annotate(List[Tensor], [])
    values = annotate(List[Tensor], [])
    for i in range(LAYERS):
      k, v, = self.context(p, i, torch.select(near_all, 2, i), near_offsets, torch.select(far_all, 2, i), far_offsets)
      _0 = torch.append(keys, k)
      _1 = torch.append(values, v)
    mask = self.whole_mask(near_bias, far_bias, ops.prim.dtype(w))
    masks = annotate(List[Tensor], [])
    for i in range(LAYERS):
      _6 = torch.append(masks, self.mapped(p, i, mask, near_offsets, far_offsets))
    places = self.places(p, p, vertical, layout, before)
    head = self.head(p)
    around = torch.tensor([0, 1, 2, 3, 5, 6, 7, 8], dtype=4, device=ops.prim.device(window))
    drawn_count = torch.size(noise, 0)
    tokens = torch.new_zeros(window, [drawn_count, 64])
    last = noise
    begin = 0
    for round in range(torch.size(counts, 0)):
      count = int(torch.select(counts, 0, round))
      known = annotate(List[Tensor], [])
      for dy in range(3):
        for dx in range(3):
          _2 = torch.append(known, torch.narrow(torch.narrow(window, 1, dy, 8), 2, dx, 8))
      near_by = torch.reshape(torch.stack(known, 3), [n, 64, 9])
      x = torch.add(self.look_around(p, p, torch.index_select(near_by, 2, around)), places)
      x = torch.add(x, self.own_code(p, p, torch.select(near_by, 2, 4)))
      for i in range(LAYERS):
        x = self.layer(p, i, x, keys[i], values[i], masks[i], text, text_bias)
      now = torch.narrow(order, 0, begin, count)
      logits = self.guided(self.judge(p, head, torch.index_select(x, 1, now)), drawn_count, guidance)
      last = logits
      best, _3, = torch.topk(logits, top_k)
      floor = torch.maximum(torch.narrow(best, 2, top_k - 1, 1), torch.add(torch.narrow(best, 2, 0, 1), min_p))
      chance = torch.index_select(noise, 1, now)
      drawn = torch.add(torch.div(logits, torch.select(temperatures, 0, round)), chance)
      unlikely = torch.logical_and(torch.lt(logits, floor), torch.lt(chance, inf))
      token = torch.argmax(torch.masked_fill(drawn, unlikely, -inf), 2)
      _4 = torch.index_copy_(tokens, 1, now, token)
      inner = torch.add(torch.mul(torch.floor_divide(now, 8), 2), torch.add(now, 11))
      _5 = torch.index_copy_(torch.view(window, [n, 100]), 1, inner, torch.repeat(token, [n // drawn_count, 1]))
      begin = torch.add(begin, count)
    return self.if_finite(tokens, last)

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
    x = torch.to(torch.add(torch.embedding(e["encoder.token"], tokens), e["encoder.position"]), 6)
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

  # Sum of the embeddings of the eight tokens around each: [..., 8] to [..., d] in fp32.
  def look_around(self: __torch__.Transformer, e: Dict[str, Tensor], neighbours: Tensor) -> Tensor:
    rows = torch.add(neighbours, torch.mul(torch.arange(8, dtype=4, device=ops.prim.device(neighbours)), CODES + 1))
    return torch.sum(torch.embedding(e["neighbour"], rows), [-2], dtype=6)

  # Context keys or values of all slots: gathered [n, s, t, d] plus one learned row a slot, to [n, s * t, d].
  def with_offset(self: __torch__.Transformer, x: Tensor, table: Tensor, offsets: Tensor) -> Tensor:
    moved = torch.add(x, torch.unsqueeze(torch.embedding(table, offsets), -2))
    return torch.reshape(moved, [torch.size(x, 0), -1, WIDTH])

  # Loss of all patches of a crop at once, teacher-forced, and its gradient.
  #   inputs [P, 64] tokens as later ones see them, targets [P, 64] as they are,
  #   neighbours [P, 64, 8] with CODES for what is not known yet, vertical [P, 8, FREQUENCIES] per token row,
  #   near [P, s], far [P, f]: which patches of the crop are context, offsets: their places (row of the table),
  #   *_bias: 0, or minus infinity for a slot without a patch.
  def learn(self: __torch__.Transformer, w: Tensor, inputs: Tensor, targets: Tensor, neighbours: Tensor, vertical: Tensor, near: Tensor, near_offsets: Tensor, near_bias: Tensor, far: Tensor, far_offsets: Tensor, far_bias: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    leaf = torch.requires_grad_(torch.detach(w))
    e = self.named(leaf)
    p = self.named(torch.to(leaf, 15))
    n = torch.size(inputs, 0)
    states = self.encode(e, p, inputs)
    pooled = self.pool(states)
    x = torch.add(self.look_around(e, neighbours), e["position"])
    height = torch.repeat_interleave(torch.linear(vertical, e["vertical.weight"], e["vertical.bias"]), 8, 1)
    x = torch.add(x, height)
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
    logits = torch.to(self.project(p, "head", self.norm(p, "head.norm", x)), 6)
    rows = torch.view(logits, [-1, CODES])
    loss = torch.cross_entropy_loss(rows, torch.flatten(targets), None, 1, -100, 0.1)
    plain = torch.cross_entropy_loss(torch.detach(rows), torch.flatten(targets))
    gradient = unchecked_cast(Tensor, torch.grad([loss], [leaf], None, None, False, False)[0])
    return (torch.detach(loss), gradient, plain)

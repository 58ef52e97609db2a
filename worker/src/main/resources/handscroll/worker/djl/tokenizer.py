class Tokenizer(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def convolve(self: __torch__.Tokenizer, p: Dict[str, Tensor], name: str, x: Tensor, stride: int, padding: int) -> Tensor:
    weight = torch.to(p[torch.add(name, ".weight")], x)
    bias = torch.to(p[torch.add(name, ".bias")], x)
    return torch.conv2d(x, weight, bias, [stride, stride], [padding, padding], [1, 1], 1)

  # Two 3x3 convolutions beside the identity; no normalisation, which would make pixels depend on far ones.
  def residual(self: __torch__.Tokenizer, p: Dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    h = self.convolve(p, torch.add(name, ".1"), torch.silu(x), 1, 1)
    return torch.add(x, self.convolve(p, torch.add(name, ".2"), torch.silu(h), 1, 1))

  # [n, 3, 8h, 8w] pixels in -1..1 to [n, dim, h, w].
  def encode(self: __torch__.Tokenizer, p: Dict[str, Tensor], x: Tensor) -> Tensor:
    h = self.convolve(p, "encoder.half", torch.contiguous(x, memory_format=2), 2, 1)
    h = self.residual(p, "encoder.half.residual", h)
    h = self.convolve(p, "encoder.quarter", torch.silu(h), 2, 1)
    h = self.residual(p, "encoder.quarter.residual", h)
    h = self.convolve(p, "encoder.eighth", torch.silu(h), 2, 1)
    h = self.residual(p, "encoder.eighth.residual", h)
    return torch.to(self.convolve(p, "encoder.out", torch.silu(h), 1, 0), 6)

  # [n, FRAMES * dim, h, w], the codes of a frame and of those before it, to the frame's pixels [n, 3, 8h, 8w] in
  # about -1..1. What the frames before add starts at nothing.
  def decode(self: __torch__.Tokenizer, p: Dict[str, Tensor], z: Tensor) -> Tensor:
    own = torch.slice(z, 1, 0, torch.floordiv(torch.size(z, 1), FRAMES))
    h = self.convolve(p, "decoder.eighth", torch.contiguous(own, memory_format=2), 1, 1)
    if torch.gt(FRAMES, 1):
      beside = self.convolve(p, "decoder.before", torch.contiguous(z, memory_format=2), 1, 1)
      h = torch.add(h, self.convolve(p, "decoder.before.out", torch.silu(beside), 1, 0))
    else:
      pass
    h = self.residual(p, "decoder.eighth.residual", h)
    h = torch.upsample_nearest2d(h, None, [2., 2.])
    h = self.convolve(p, "decoder.quarter", h, 1, 1)
    h = self.residual(p, "decoder.quarter.residual", h)
    h = torch.upsample_nearest2d(h, None, [2., 2.])
    h = self.convolve(p, "decoder.half", h, 1, 1)
    h = self.residual(p, "decoder.half.residual", h)
    h = torch.pixel_shuffle(self.convolve(p, "decoder.full", torch.silu(h), 1, 1), 2)
    return torch.to(self.convolve(p, "decoder.out", torch.silu(h), 1, 1), 6)

  # The index of the nearest code for each position: [n, dim, h, w] to [n, h, w].
  def nearest(self: __torch__.Tokenizer, z: Tensor, codebook: Tensor) -> Tensor:
    rows = torch.permute(z, [0, 2, 3, 1])
    lengths = torch.sum(torch.mul(codebook, codebook), [1])
    distances = torch.sub(lengths, torch.mul(torch.matmul(rows, torch.t(codebook)), 2.))
    return torch.argmin(distances, -1)

  # [n, frames, h, w] tokens to their codes [n, frames * dim, h, w].
  def look_up(self: __torch__.Tokenizer, tokens: Tensor, codebook: Tensor) -> Tensor:
    codes = torch.permute(torch.embedding(codebook, tokens), [0, 1, 4, 2, 3])
    return torch.flatten(torch.contiguous(codes), 1, 2)

  # L1 plus half the L1 of the differences between neighbouring pixels, which punishes blur.
  def distance(self: __torch__.Tokenizer, y: Tensor, x: Tensor) -> Tensor:
    e = torch.sub(y, x)
    across = torch.mean(torch.abs(torch.sub(torch.slice(e, 3, 1), torch.slice(e, 3, 0, -1))))
    down = torch.mean(torch.abs(torch.sub(torch.slice(e, 2, 1), torch.slice(e, 2, 0, -1))))
    return torch.add(torch.mean(torch.abs(e)), torch.add(across, down), alpha=0.25)

  # Loss of the autoencoder and its gradient; straight-through past the codebook (van den Oord et al.),
  # which learns from the returned counts [codes] and sums [codes, dim] by moving averages instead.
  # Also returned: the squared error, and all encoder outputs [n*h*w, dim] to revive dead codes from.
  # Frames [n, FRAMES, 3, 8h, 8w] count as pictures here, as if nothing moved.
  def learn(self: __torch__.Tokenizer, w: Tensor, codebook: Tensor, clips: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    x = torch.select(clips, 1, 0)
    leaf = torch.requires_grad_(torch.detach(w))
    p = self.named(leaf)
    z = self.encode(p, torch.to(x, 15))
    frozen = torch.detach(z)
    tokens = self.nearest(frozen, codebook)
    codes = self.look_up(torch.unsqueeze(tokens, 1), codebook)
    through = torch.add(z, torch.sub(codes, frozen))
    y = self.decode(p, torch.to(torch.repeat(through, [1, FRAMES, 1, 1]), 15))
    commitment = torch.mean(torch.square(torch.sub(z, codes)))
    loss = torch.add(self.distance(y, x), commitment, alpha=0.25)
    gradients = torch.grad([loss], [leaf], None, None, False, False)
    gradient = gradients[0]
    one_hot = torch.to(torch.one_hot(torch.flatten(tokens), torch.size(codebook, 0)), 6)
    rows = torch.reshape(torch.permute(frozen, [0, 2, 3, 1]), [-1, torch.size(codebook, 1)])
    sums = torch.matmul(torch.t(one_hot), rows)
    error = torch.mean(torch.square(torch.sub(torch.detach(y), x)))
    return (torch.detach(loss), unchecked_cast(Tensor, gradient), torch.sum(one_hot, [0]), sums, error, rows)

  # Moves the codebook towards the mean of the encoder outputs that chose each code (decay 0.98); a code
  # whose average use fell below 0.03 a step restarts at one of the outputs drawn in fresh [codes, dim].
  def move_codebook(self: __torch__.Tokenizer, codebook: Tensor, use: Tensor, total: Tensor, counts: Tensor, sums: Tensor, fresh: Tensor) -> Tensor:
    _0 = torch.add_(torch.mul_(use, 0.98), counts, alpha=0.02)
    _1 = torch.add_(torch.mul_(total, 0.98), sums, alpha=0.02)
    dead = torch.lt(use, 0.03)
    dead_rows = torch.unsqueeze(dead, 1)
    _2 = torch.copy_(use, torch.where(dead, torch.ones_like(use), use))
    _3 = torch.copy_(total, torch.where(dead_rows, fresh, total))
    _4 = torch.copy_(codebook, torch.div(total, torch.unsqueeze(use, 1)))
    return torch.sum(dead)

  # PatchGAN (Isola et al.): one score for each 8x8 pixels, from 38 pixels around; also what each layer saw.
  def criticize(self: __torch__.Tokenizer, c: Dict[str, Tensor], x: Tensor) -> List[Tensor]:
    h1 = torch.leaky_relu(self.convolve(c, "critic.half", torch.contiguous(torch.to(x, 15), memory_format=2), 2, 1), 0.2)
    h2 = torch.leaky_relu(self.convolve(c, "critic.quarter", h1, 2, 1), 0.2)
    h3 = torch.leaky_relu(self.convolve(c, "critic.eighth", h2, 2, 1), 0.2)
    return [h1, h2, h3, torch.to(self.convolve(c, "critic.out", h3, 1, 1), 6)]

  # Gradients of one step that sharpens the decoder against a critic (hinge loss, and the distance of what
  # the critic's layers see), while encoder and codebook stay as they are, so that tokens keep their meaning.
  # The adversarial gradient is scaled to `strength` times the other one's length, as VQGAN does.
  # Of clips [n, FRAMES, 3, 8h, 8w], a frame first and then those before it, backwards, it learns to decode the first.
  # Returns the gradients of w and of the critic, then the two losses and the squared error.
  def sharpen(self: __torch__.Tokenizer, w: Tensor, critic: Tensor, codebook: Tensor, clips: Tensor, strength: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    x = torch.select(clips, 1, 0)
    tokens = self.nearest(self.encode(self.named(w), torch.to(torch.flatten(clips, 0, 1), 15)), codebook)
    each = torch.reshape(tokens, [torch.size(clips, 0), FRAMES, torch.size(tokens, 1), torch.size(tokens, 2)])
    codes = torch.detach(self.look_up(each, codebook))
    leaf = torch.requires_grad_(torch.detach(w))
    y = self.decode(self.named(leaf), torch.to(codes, 15))
    seen = torch.requires_grad_(torch.detach(y))
    faithful = self.distance(seen, x)
    frozen = self.named_critic(critic)
    of_copy = self.criticize(frozen, seen)
    of_source = self.criticize(frozen, x)
    deceived = torch.neg(torch.mean(of_copy[3]))
    for i in range(3):
      difference = torch.mean(torch.abs(torch.sub(of_copy[i], of_source[i])))
      deceived = torch.add(deceived, torch.to(difference, 6), alpha=2.)
    towards_source = unchecked_cast(Tensor, torch.grad([faithful], [seen], None, None, False, False)[0])
    towards_critic = unchecked_cast(Tensor, torch.grad([deceived], [seen], None, None, False, False)[0])
    scale = torch.div(torch.norm(towards_source), torch.add(torch.norm(towards_critic), 1e-12))
    direction = torch.add(towards_source, torch.mul(towards_critic, torch.mul(scale, strength)))
    gradient = unchecked_cast(Tensor, torch.grad([y], [leaf], annotate(List[Optional[Tensor]], [direction]), None, False, False)[0])
    critic_leaf = torch.requires_grad_(torch.detach(critic))
    learning = self.named_critic(critic_leaf)
    real = torch.mean(torch.relu(torch.rsub((self.criticize(learning, x))[3], 1.)))
    false = torch.mean(torch.relu(torch.add((self.criticize(learning, torch.detach(y)))[3], 1.)))
    judged = torch.add(real, false)
    critic_gradient = unchecked_cast(Tensor, torch.grad([judged], [critic_leaf], None, None, False, False)[0])
    error = torch.mean(torch.square(torch.sub(torch.detach(y), x)))
    return (gradient, critic_gradient, torch.detach(faithful), torch.detach(judged), error)

  # Tokens [n, h, w] of pixels [n, 3, 8h, 8w] in -1..1; convolutions run in the type numbered `kind`.
  def to_tokens(self: __torch__.Tokenizer, w: Tensor, codebook: Tensor, x: Tensor, kind: int) -> Tensor:
    return self.nearest(self.encode(self.named(w), torch.to(x, kind)), codebook)

  # Tokens [h, w] of a window of pixels [8h + 2m, 8w + 2m, 3] in 0..255, m being 8 times `margin`.
  def window_to_tokens(self: __torch__.Tokenizer, w: Tensor, codebook: Tensor, window: Tensor, margin: int, kind: int) -> Tensor:
    x = torch.sub(torch.div(torch.to(window, 6), 127.5), 1.)
    tokens = self.to_tokens(w, codebook, torch.unsqueeze(torch.permute(x, [2, 0, 1]), 0), kind)[0]
    inner = torch.narrow(tokens, 0, margin, torch.size(tokens, 0) - 2 * margin)
    return torch.contiguous(torch.narrow(inner, 1, margin, torch.size(tokens, 1) - 2 * margin))

  # Pixels [8h, 8w, 3] in 0..255 (uint8) of a window of tokens [FRAMES, h + 2 margin, w + 2 margin].
  def window_to_pixels(self: __torch__.Tokenizer, w: Tensor, codebook: Tensor, window: Tensor, margin: int, kind: int) -> Tensor:
    codes = self.look_up(torch.unsqueeze(window, 0), codebook)
    y = self.decode(self.named(w), torch.to(codes, kind))[0]
    inner = torch.narrow(y, 1, 8 * margin, torch.size(y, 1) - 16 * margin)
    inner = torch.narrow(inner, 2, 8 * margin, torch.size(y, 2) - 16 * margin)
    levels = torch.clamp(torch.round(torch.mul(torch.add(inner, 1.), 127.5)), 0., 255.)
    return torch.contiguous(torch.to(torch.permute(levels, [1, 2, 0]), 0))
